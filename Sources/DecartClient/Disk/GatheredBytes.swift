/// Bytes on their way to a sink, kept until there are enough for a write: sockets give far less at a time, and each write
/// is a trip to another thread.
struct GatheredBytes {
    private static let enough = 512 << 10

    private let sink: any ByteSink
    private var bytes: [UInt8] = []

    init(for sink: any ByteSink) {
        self.sink = sink
    }

    /// How many there are, with those that the sink has.
    var count: Int { sink.count + bytes.count }

    mutating func add(_ chunk: [UInt8]) async throws(FileWriteError) {
        // A large one goes on as it came.
        if bytes.isEmpty, chunk.count >= Self.enough { bytes = chunk } else { bytes += chunk }
        if bytes.count >= Self.enough { try await passOn() }
    }

    /// Hands the sink all that is here.
    mutating func passOn() async throws(FileWriteError) {
        guard !bytes.isEmpty else { return }
        try await sink.write(bytes)
        bytes = sink.takeBuffer()
    }
}
