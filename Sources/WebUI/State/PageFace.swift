public import LiveDocument
public import RunClock

/// Takes what changes in the script's document to the pages, at most twenty times a second.
///
/// Used on the script's thread only.
public final class PageFace: DocumentFace {
    /// From one patch to the next, at least.
    static let frame = Duration.milliseconds(50)

    private let hub: PageHub
    private let clock: any RunClock
    private let lookLater: (RunInstant) -> Void
    private var sequence = 0
    private var nextFrame = RunInstant.start
    private var isDue = false

    /// - Parameter lookLater: has `look(at:)` called at that instant, whatever the script does meanwhile.
    public init(hub: PageHub, clock: any RunClock, lookLater: @escaping (RunInstant) -> Void) {
        self.hub = hub
        self.clock = clock
        self.lookLater = lookLater
    }

    public func look(at document: inout LiveDocument) {
        guard document.hasChanges(since: sequence) else { return }
        let now = clock.now
        guard now >= nextFrame else {
            if !isDue { lookLater(nextFrame) }
            isDue = true
            return
        }
        isDue = false
        nextFrame = now + Self.frame
        show(&document)
    }

    /// Takes over what is there now, between frames too: for the last look.
    public func show(_ document: inout LiveDocument) {
        guard let patch = document.patch(since: sequence) else { return }
        sequence = patch.sequence
        hub.publish(patch)
    }
}
