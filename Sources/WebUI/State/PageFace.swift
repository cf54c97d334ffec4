public import LiveDocument

/// Takes what changes in the script's document to the hub, from which pages are told in frames of its own: they go on
/// also while the script's thread stands still.
///
/// Used on the script's thread only.
public final class PageFace: DocumentFace {
    private let hub: PageHub
    private var sequence = 0

    public init(hub: PageHub) {
        self.hub = hub
    }

    public func look(at document: inout LiveDocument) {
        guard document.hasChanges(since: sequence), let patch = document.patch(since: sequence) else { return }
        sequence = patch.sequence
        hub.publish(patch)
    }
}
