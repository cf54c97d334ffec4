import Logging
import PlainErrors
import RunClock

/// Makes the clips that are ordered: built-in ones at once, rendered ones in the background, a few at a time.
final class ClipProducer: Sendable {
    private struct Job: Sendable {
        var order: ClipOrder
        var deliver: @Sendable (Result<Clip, MessageError>) -> Void
    }

    /// How many renderers run side by side. More would only slow down each other and the scripts.
    private static let width = 2

    private let maker: ClipMaker
    private let folder: JobFolder
    private let clock: any RunClock
    private let orders: AsyncStream<Job>.Continuation
    private let worker: Task<Void, Never>?
    /// Nil: all clips are built in.
    private let renderer: FFmpegRenderer?

    init(maker: ClipMaker, folder: JobFolder, clock: any RunClock, logger: Logger) {
        self.maker = maker
        self.folder = folder
        self.clock = clock
        let (stream, continuation) = AsyncStream<Job>.makeStream()
        orders = continuation
        guard case .ffmpeg(let path) = maker else {
            worker = nil
            renderer = nil
            return
        }
        let renderer = FFmpegRenderer(executable: path, folder: folder, clock: clock, logger: logger)
        self.renderer = renderer
        worker = Task {
            await withTaskGroup(of: Void.self) { group in
                var running = 0
                for await job in stream {
                    // A cancelled stream still holds what was ordered before: thousands of clips that nobody will see.
                    if Task.isCancelled {
                        clock.endExternalWork()
                        continue
                    }
                    if running == Self.width {
                        await group.next()
                        running -= 1
                    }
                    running += 1
                    group.addTask {
                        if let clip = await renderer.render(job.order) {
                            job.deliver(.success(clip))
                        } else if !Task.isCancelled {
                            Self.makeBuiltIn(job, in: folder)
                        }
                        clock.endExternalWork()
                    }
                }
            }
        }
    }

    deinit {
        // Clips already ordered are still made; then the worker ends and releases the folder.
        orders.finish()
    }

    /// Makes a clip and calls `deliver` with it, or with why there is none: before this returns if it is built in,
    /// otherwise later.
    func make(_ order: ClipOrder, deliver: @escaping @Sendable (Result<Clip, MessageError>) -> Void) {
        let job = Job(order: order, deliver: deliver)
        guard case .ffmpeg = maker else { return Self.makeBuiltIn(job, in: folder) }
        clock.beginExternalWork()
        orders.yield(job)
    }

    /// Makes a picture that a client is waiting for, ahead of everything ordered.
    func makeNow(_ order: ClipOrder) async throws(MessageError) -> Clip {
        if let renderer {
            clock.beginExternalWork()
            defer { clock.endExternalWork() }
            if let clip = await renderer.render(order) { return clip }
        }
        return try Self.builtIn(order, in: folder)
    }

    /// Stops rendering, and drops whatever is not finished.
    func stop() async {
        orders.finish()
        worker?.cancel()
        await worker?.value
    }

    private static func makeBuiltIn(_ job: Job, in folder: JobFolder) {
        job.deliver(Result { () throws(MessageError) in try builtIn(job.order, in: folder) })
    }

    private static func builtIn(_ order: ClipOrder, in folder: JobFolder) throws(MessageError) -> Clip {
        let bytes = BuiltInClip.bytes(for: order)
        try folder.write(bytes, to: order.fileName)
        return Clip(fileName: order.fileName, type: order.mediaType, bytes: bytes)
    }
}

extension ClipOrder {
    /// The finished clip's file name in the queue's folder.
    var fileName: String { JobFolder.clipName(of: jobID, extension: isStill ? "png" : "mp4") }

    var mediaType: String { isStill ? "image/png" : "video/mp4" }
}

extension Clip {
    init(fileName: String, type: String, bytes: [UInt8]) {
        self.init(fileName: fileName, type: type, size: bytes.count, checksum: CRC32.of(bytes))
    }
}
