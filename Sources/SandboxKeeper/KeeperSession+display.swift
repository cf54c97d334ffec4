import DequeModule
public import LiveDocument
import RunClock
import SandboxLink

extension FrameKind {
    /// Whether it is about what a script shows.
    var isShown: Bool {
        switch self {
        case .patch, .media, .mediaPiece, .eventTaken, .report, .leaves: true
        default: false
        }
    }
}

// What a script shows, and what people do there.
extension KeeperSession {
    func takeShown(_ frame: Frame) throws(LinkFault) {
        guard let display = settings.display else { throw LinkFault("what nobody shows") }
        switch frame.kind {
        case .patch:
            let media = media
            let part = try LinkedPatch(frame.payload) { number throws(LinkFault) in try media.blob(number) }
            guard try shown.take(part) else { return }
            self.media.arePlaced()
            shown.read { display.update(from: &$0) }
            // No sooner than it can be seen.
            settings.clock.wake(at: settings.clock.now + LiveDocument.frameInterval) { [self] in
                send(Frame(.patchTaken))
            }
        case .media:
            let linked = try LinkedMedia(frame.payload)
            guard linked.hasContent == display.hasPage else { throw LinkFault("a video whose bytes nobody wants") }
            if let problem = try media.begin(frame.number, linked) { display.warn(problem) }
            finishMedia(display)
        case .mediaPiece:
            if let problem = try media.add(frame.number, frame.payload) { display.warn(problem) }
            finishMedia(display)
        case .eventTaken:
            guard let taken = events.popFirst() else { throw LinkFault("thanks for an event that there never was") }
            taken()
        case .leaves: display.scriptLeaves()
        default: display.report(String(decoding: frame.payload, as: UTF8.self))
        }
    }

    private func finishMedia(_ display: any KeeperDisplay) {
        if let (blob, fileName) = media.finish(), let fileName { display.keeps(blob, as: fileName) }
    }

    /// Passes on what somebody has done in a page, from any thread.
    ///
    /// - Parameter taken: called once the script has it, or there is no script any more.
    public func deliver(_ event: DocumentEvent, taken: @escaping @Sendable () -> Void) {
        onLoop { session in
            guard !session.isOver else { return taken() }
            session.events.append(taken)
            session.send(Frame(.event, 0, event.payload))
        }
    }

    /// Whether anybody can do something in a page, now or later.
    public func tell(presence isThere: Bool) {
        send(Frame(.presence, 0, [isThere ? 1 : 0]))
    }

    func dropEvents() {
        for taken in events { taken() }
        events = []
    }
}
