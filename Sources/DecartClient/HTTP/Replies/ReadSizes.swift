import NIOCore
import Synchronization

/// How much connections read of their replies at a time: large pieces come in faster, and each connection keeps what it
/// has read until somebody takes it.
package final class ReadSizes: Sendable {
    /// Bytes.
    private let largest: Int
    private let smallest: Int
    /// What all connections may read at a time, together.
    private let shared: Int
    /// How many times a connection reads before what it has read is looked at.
    private let readsInARow: UInt
    private let open = Atomic(0)

    /// As much as is fast.
    package convenience init() {
        self.init(largest: 512 << 10, smallest: 512 << 10, shared: .max, readsInARow: 4)
    }

    private init(largest: Int, smallest: Int, shared: Int, readsInARow: UInt) {
        self.largest = largest
        self.smallest = smallest
        self.shared = shared
        self.readsInARow = readsInARow
    }

    /// For connections whose number is decided by somebody else, who may take nothing of their replies: the more there
    /// are, the less each of them reads.
    package static var sparing: ReadSizes {
        ReadSizes(largest: 256 << 10, smallest: 16 << 10, shared: 2 << 20, readsInARow: 1)
    }

    /// The most that a connection reads at a time now.
    fileprivate var most: Int { min(largest, max(smallest, shared / max(1, open.load(ordering: .relaxed)))) }

    /// Has a connection that was just opened read so much. It comes to it by steps, as long as its reads fill what they
    /// are given.
    func rule(_ channel: any Channel) throws {
        open.add(1, ordering: .relaxed)
        channel.closeFuture.whenComplete { _ in self.open.subtract(1, ordering: .relaxed) }
        let options = channel.syncOptions
        try options?.setOption(.maxMessagesPerRead, value: readsInARow)
        try options?.setOption(.recvAllocator, value: Allocator(sizes: self, largest: largest))
    }

    private struct Allocator: RecvByteBufferAllocator {
        private let sizes: ReadSizes
        private var steps: AdaptiveRecvByteBufferAllocator

        init(sizes: ReadSizes, largest: Int) {
            self.sizes = sizes
            steps = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2048, maximum: largest)
        }

        private var size: Int { min(sizes.most, steps.nextBufferSize() ?? .max) }

        func nextBufferSize() -> Int? { size }

        func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: size) }

        mutating func record(actualReadBytes: Int) -> Bool { steps.record(actualReadBytes: actualReadBytes) }
    }
}
