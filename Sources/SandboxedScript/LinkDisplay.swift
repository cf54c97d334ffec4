import Glibc
public import LiveDocument
public import RunClock
import SandboxLink
import Synchronization

/// Shows a script's document through the keeper, which has the terminal and the page: sends it what has changed, one patch
/// at a time.
public final class LinkDisplay: DocumentRenderer {
    /// What the keeper has been shown, and may be shown next. Locked only for moments, since the script's thread needs it.
    private struct State {
        /// The document as it was at the script's last wait.
        var document = LiveDocument()
        /// Whether a patch has not been taken yet, or is about to be sent.
        var isBusy = false
        /// The script has made more of it than can be shown.
        var isTooLarge = false
    }

    /// What has been sent; with the lock for sending held.
    private struct Sent {
        var sequence = 0
        var lastNumber: UInt32 = 0
        /// The pictures and videos that the keeper has, by what shows them.
        var numbers: [MediaBlob: UInt32] = [:]
        var showing: [Int: MediaBlob] = [:]
        /// Videos that are saved where nobody fetches them.
        var handedOver: Set<MediaBlob> = []
    }

    private let connection: LinkConnection
    private let clock: any RunClock
    private let hasPage: Bool
    private let videos: @Sendable () -> [(media: MediaBlob, fileName: [UInt8])]
    private let warn: @Sendable (String) -> Void
    private let state = Mutex(State())
    private let sent = Mutex(Sent())

    /// - Parameters:
    ///   - clock: real time, which goes on while the script's thread is busy.
    ///   - hasPage: whether what pictures and videos contain is wanted.
    ///   - videos: those that are to be saved if no page fetches them, and as what.
    ///   - warn: says something to the person who runs the script.
    public init(
        _ connection: LinkConnection, clock: any RunClock, hasPage: Bool,
        videos: @escaping @Sendable () -> [(media: MediaBlob, fileName: [UInt8])],
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.connection = connection
        self.clock = clock
        self.hasPage = hasPage
        self.videos = videos
        self.warn = warn
    }

    public func update(from document: inout LiveDocument) {
        guard document.hasElements || !document.title.isEmpty else { return }
        let isDue = state.withLock { state in
            guard !state.isTooLarge, state.document.follow(&document) else { return false }
            defer { state.isBusy = true }
            return !state.isBusy
        }
        if isDue { sendSoon() }
    }

    /// The keeper has taken the last patch. On the link's thread, which may not write: the keeper reads nothing while it
    /// is not read.
    public func patchTaken() { sendSoon() }

    private func sendSoon() {
        clock.wake(at: clock.now) { [self] in send() }
    }

    /// Sends what is new since the last time, the last state for good: nothing more comes.
    public func close(_ end: DocumentEnd) { send(isLast: true) }

    private func send(isLast: Bool = false) {
        sent.withLock { sent in
            let patch = state.withLock { state -> DocumentPatch? in
                guard !state.isTooLarge else { return nil }
                let patch = state.document.patch(since: sent.sequence)
                state.isBusy = patch != nil
                guard patch != nil, LinkedDocument.isTooLarge(state.document) else { return patch }
                state.isTooLarge = true
                return nil
            }
            if let patch { send(patch, &sent) } else if state.withLock({ $0.isTooLarge }) { warnOnce() }
            if hasPage, isLast { handOver(videos(), &sent) }
        }
    }

    private let isWarned = Atomic(false)

    private func warnOnce() {
        guard !isWarned.exchange(true, ordering: .relaxed) else { return }
        warn(
            "the document has more than can be shown under --sandbox, \(LinkedDocument.elementLimit) elements and "
                + "\(LinkedDocument.textLimit >> 20) MiB of text: what is shown stays as it was")
    }

    private func send(_ patch: DocumentPatch, _ sent: inout Sent) {
        sent.sequence = patch.sequence
        var isDifferent = false
        for change in patch.elements {
            isDifferent = isDifferent || change.children != nil
            guard let value = change.properties[.src] else { continue }
            isDifferent = true
            sent.showing[change.id.number] = nil
            guard case .media(.blob(let media))? = value else { continue }
            sent.showing[change.id.number] = media
            if sent.numbers[media] == nil { send(media, &sent) }
        }
        let numbers = sent.numbers
        for part in LinkedPatch.parts(of: patch, { numbers[$0] ?? 0 }) { connection.send(Frame(.patch, 0, part)) }
        guard isDifferent, !sent.numbers.isEmpty else { return }
        state.withLock { state in
            sent.showing = sent.showing.filter { state.document.contains(ElementID(number: $0.key)) }
        }
        let shown = Set(sent.showing.values)
        sent.numbers = sent.numbers.filter { shown.contains($0.key) }
    }

    private func send(_ media: MediaBlob, _ sent: inout Sent) {
        sent.lastNumber += 1
        sent.numbers[media] = sent.lastNumber
        let fileName = hasPage ? videos().first { $0.media == media }?.fileName : nil
        if fileName != nil { sent.handedOver.insert(media) }
        // Whatever a script calls them, it fits into a frame. No file has a name as long as that.
        let linked = LinkedMedia(
            size: media.size, type: Self.fitting(media.type), name: media.name.map(Self.fitting),
            jobID: media.jobID.map(Self.fitting), hasContent: hasPage,
            fileName: fileName.map { Array($0.prefix(8 << 10)) })
        connection.send(Frame(.media, sent.lastNumber, linked.payload))
        guard hasPage else { return }
        let number = sent.lastNumber
        switch media.storage {
        case .memory(let bytes): send(bytes[...], of: number)
        case .file(let path, _): sendFile(path, media.size, number)
        }
    }

    private static func fitting(_ text: String) -> String {
        String(decoding: text.utf8.prefix(1 << 10), as: UTF8.self)
    }

    private func send(_ bytes: ArraySlice<UInt8>, of number: UInt32) {
        var left = bytes
        while !left.isEmpty {
            connection.send(Frame(.mediaPiece, number, Array(left.prefix(FrameKind.mediaPiece.limit))))
            left = left.dropFirst(FrameKind.mediaPiece.limit)
        }
    }

    private func sendFile(_ path: String, _ size: Int, _ number: UInt32) {
        var left = size
        var buffer = [UInt8](repeating: 0, count: FrameKind.mediaPiece.limit)
        let file = open(path, O_RDONLY | O_CLOEXEC)
        defer { if file >= 0 { Glibc.close(file) } }
        while left > 0 {
            var count = read(file, &buffer, min(left, buffer.count))
            if count < 0, errno == EINTR { continue }
            // One that cannot be read to its end has its size all the same.
            if count <= 0 {
                count = min(left, buffer.count)
                buffer = [UInt8](repeating: 0, count: buffer.count)
            }
            send(buffer[..<count], of: number)
            left -= count
        }
    }

    /// What has been shown and taken away again within one patch was paid for all the same.
    private func handOver(_ videos: [(media: MediaBlob, fileName: [UInt8])], _ sent: inout Sent) {
        for video in videos where !sent.handedOver.contains(video.media) { send(video.media, &sent) }
    }
}
