public import DecartAPI
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
        /// Where it is written down that it was saved, or seen.
        var source: BlobSource?
        /// The file that it becomes; nil: one after what it is.
        var name: BytePath?
        var isSeen = false
    }

    private let videos = Mutex<[Video]>([])

    public init() {}

    func add(_ blob: Blob, shownAs media: MediaBlob, source: BlobSource?, named name: BytePath?) {
        videos.withLock { $0.append(Video(blob: blob, media: media, source: source, name: name)) }
    }

    /// Adds one that another process has shown.
    public func add(_ media: MediaBlob, named name: BytePath) {
        add(Blob(media), shownAs: media, source: nil, named: name)
    }

    /// All that were added, and the files that they become.
    public var all: [(media: MediaBlob, name: BytePath)] {
        videos.withLock { $0.map { ($0.media, $0.name ?? Self.name(of: $0.blob)) } }
    }

    /// The jobs whose results nobody has seen yet, and which may still be saved.
    public var unseenJobs: [JobID] {
        videos.withLock { videos in videos.filter { !$0.isSeen }.compactMap(\.blob.job) }
    }

    /// A file for it, unless somebody wants another.
    static func name(of blob: Blob) -> BytePath { blob.name ?? blob.job.map { BytePath("\($0).mp4") } ?? "video.mp4" }

    /// A page has fetched it, or begun to.
    public func seen(_ media: MediaBlob) {
        videos.withLock { videos in
            for index in videos.indices where videos[index].media == media { videos[index].isSeen = true }
        }
    }

    /// Writes down that those which were seen, and not saved, have served their purpose.
    public func settle() async {
        let seen = videos.withLock { videos in videos.filter(\.isSeen).compactMap(\.source) }
        for source in seen { await source.consumed() }
    }

    /// Saves those that would be lost, as `displayVideo` does without a page; each at most once.
    ///
    /// On the real clock: it may be the last thing that the process does, when the script's stands still.
    /// - Parameters:
    ///   - includingSeen: whether those that a page shows would be lost too: a page that stays open without its server
    ///     cannot play them any more.
    ///   - check: throws for a file that may not be written.
    ///   - note: says where each is now.
    ///   - failed: says why one could not be saved.
    public func save(
        includingSeen: Bool, check: @Sendable (BytePath) throws(DecartError) -> Void = { (_) throws(DecartError) in },
        note: @Sendable (Notice) -> Void, failed: @Sendable (String) -> Void
    ) async {
        let lost = videos.withLock { videos in
            let lost = videos.filter { includingSeen || !$0.isSeen }
            videos.removeAll { includingSeen || !$0.isSeen }
            return lost
        }
        for video in lost {
            let name = video.name ?? Self.name(of: video.blob)
            let reason = video.isSeen ? "the page cannot show it any more" : "no page has shown it"
            do throws(DecartError) {
                try check(name)
                let path = try await FreePath.save(video.blob, as: name, on: SystemClock())
                await video.source?.saved(at: path)
                note(.saved(video.blob, to: path.description, because: reason))
            } catch {
                failed("a video that was shown is lost: \(error.message)")
            }
        }
    }
}
