import Logging
import RunClock

/// Makes the clips that are ordered: the built-in ones at once, rendered ones in the background, few at a time.
final class ClipWorkshop: Sendable {
    private struct Job: Sendable {
        var order: ClipOrder
        var deliver: @Sendable (Clip) -> Void
    }

    /// How many renderers run side by side. More would only slow each other, and the scripts, down.
    private static let width = 2

    private let maker: ClipMaker
    private let folder: JobFolder
    private let clock: any RunClock
    private let logger: Logger
    private let orders: AsyncStream<Job>.Continuation
    private let worker: Task<Void, Never>?
    /// Nil: all clips are built in.
    private let renderer: FFmpegRenderer?

    init(maker: ClipMaker, folder: JobFolder, clock: any RunClock, logger: Logger) {
        self.maker = maker
        self.folder = folder
        self.clock = clock
        self.logger = logger
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
                    if running == Self.width {
                        await group.next()
                        running -= 1
                    }
                    running += 1
                    group.addTask {
                        if let clip = await renderer.render(job.order) {
                            job.deliver(clip)
                        } else if !Task.isCancelled {
                            Self.makeBuiltIn(job, in: folder, logger)
                        }
                        clock.endExternalWork()
                    }
                }
            }
        }
    }

    deinit {
        // What is ordered is still made; then the worker ends and lets go of the folder.
        orders.finish()
    }

    /// Makes a clip and calls `deliver` with it: before this returns for a built-in one, else some time later.
    func make(_ order: ClipOrder, deliver: @escaping @Sendable (Clip) -> Void) {
        let job = Job(order: order, deliver: deliver)
        guard case .ffmpeg = maker else { return Self.makeBuiltIn(job, in: folder, logger) }
        clock.beginExternalWork()
        orders.yield(job)
    }

    /// Makes a picture that somebody waits for, before all that is ordered.
    func makeNow(_ order: ClipOrder) async throws(StorageError) -> Clip {
        if let renderer {
            clock.beginExternalWork()
            defer { clock.endExternalWork() }
            if let clip = await renderer.render(order) { return clip }
        }
        return try Self.builtIn(order, in: folder)
    }

    /// Ends what is being rendered, without delivering it.
    func stop() async {
        orders.finish()
        worker?.cancel()
        await worker?.value
    }

    private static func makeBuiltIn(_ job: Job, in folder: JobFolder, _ logger: Logger) {
        do throws(StorageError) {
            job.deliver(try builtIn(job.order, in: folder))
        } catch {
            logger.error("\(error) Job \(job.order.jobID) stays in processing.")
        }
    }

    private static func builtIn(_ order: ClipOrder, in folder: JobFolder) throws(StorageError) -> Clip {
        let bytes = BuiltInClip.bytes(for: order)
        try folder.write(bytes, to: order.fileName)
        return Clip(fileName: order.fileName, type: order.mediaType, bytes: bytes)
    }
}

extension ClipOrder {
    /// The finished clip's name in the queue's folder.
    var fileName: String { JobFolder.clipName(of: jobID, extension: isStill ? "png" : "mp4") }

    var mediaType: String { isStill ? "image/png" : "video/mp4" }
}

extension Clip {
    init(fileName: String, type: String, bytes: [UInt8]) {
        self.init(fileName: fileName, type: type, size: bytes.count, checksum: CRC32.of(bytes))
    }
}
