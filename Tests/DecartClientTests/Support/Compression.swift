import CZlib

/// How a test compresses what a server sends.
enum Compression: CaseIterable {
    case gzip, zlib, raw

    /// The name that servers give it.
    var coding: String { self == .gzip ? "gzip" : "deflate" }

    private var windowBits: Int32 {
        switch self {
        case .gzip: 31
        case .zlib: 15
        case .raw: -15
        }
    }

    func callAsFunction(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        return withUnsafeMutablePointer(to: &stream) { stream in
            guard deflateInit2_(stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
            else { return [] }
            defer { deflateEnd(stream) }
            var input = bytes
            let room = Int(deflateBound(stream, UInt(bytes.count)))
            return [UInt8](unsafeUninitializedCapacity: room) { output, count in
                input.withUnsafeMutableBufferPointer { input in
                    stream.pointee.next_in = input.baseAddress
                    stream.pointee.avail_in = UInt32(input.count)
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(room)
                    _ = deflate(stream, Z_FINISH)
                    count = room - Int(stream.pointee.avail_out)
                }
            }
        }
    }
}
