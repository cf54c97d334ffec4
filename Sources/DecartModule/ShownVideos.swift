internal import DecartAPI
internal import DecartClient
public import LiveDocument
internal import RunClock
internal import Synchronization

/// The videos that `displayVideo` has shown in a page instead of saving them: they were paid for, so one that no page
/// has come to fetch is saved in the end.
public final class ShownVideos: Sendable {
    private struct Video {
        var blob: Blob
        var media: MediaBlob
    }

    private let videos = Mutex<[Video]>([])

    public init() {}

    func add(_ blob: Blob, shownAs media: MediaBlob) {
        videos.withLock { $0.append(Video(blob: blob, media: media)) }
    }

    static func name(of blob: Blob) -> String { blob.name ?? "video.mp4" }

    /// Saves those that nobody has, as `displayVideo` does without a page; each at most once.
    ///
    /// On the real clock: it may be the last thing that the process does, when the script's stands still.
    /// - Parameters:
    ///   - note: is told where each is now.
    ///   - failed: is told why one could not be saved.
    public func save(
        unless isSeen: (MediaBlob) -> Bool, note: @Sendable (Notice) -> Void, failed: @Sendable (String) -> Void
    ) async {
        let lost = videos.withLock { videos in
            let lost = videos.filter { !isSeen($0.media) }
            videos.removeAll { !isSeen($0.media) }
            return lost
        }
        for video in lost {
            let name = video.media.name ?? Self.name(of: video.blob)
            do throws(DecartError) {
                let path = try await FreePath.save(video.blob, as: name, on: SystemClock())
                note(.saved(path, size: video.blob.size, because: "no page has shown it"))
            } catch {
                failed("a video that no page has shown is lost: \(error.message)")
            }
        }
    }
}
