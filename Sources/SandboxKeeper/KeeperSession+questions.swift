import NIOCore
import RunClock
import SandboxLink
import ScriptPermissions

// What the user is asked, and files that a script gets for it.
extension KeeperSession {
    func ask(for opening: LinkedOpening, _ number: UInt32) {
        guard let desk else {
            let answer = LinkedAnswer.none(reason: "nobody is asked", isRefusal: true)
            return send(Frame(.answer, number, answer.payload))
        }
        askedFiles += 1
        desk.open(opening) { [self] opened in
            onLoop { session in
                session.askedFiles -= 1
                let answer: LinkedAnswer
                switch opened {
                case .descriptor(let file, let path):
                    for kind in opening.way.kinds { session.settings.news.used(kind, path) }
                    let frame = Frame(.answer, number, LinkedAnswer.opened(descriptor: file).payload)
                    return session.handOver(file, with: frame)
                case .failed(let code): answer = .unopened(code: code)
                case .refused: answer = .none(reason: "the user has not allowed it", isRefusal: true)
                }
                session.send(Frame(.answer, number, answer.payload))
            }
        }
    }

    /// Keeps a request to a host that is not allowed, until the user has decided about it.
    func ask(
        _ desk: QuestionDesk, for host: HostRule, _ number: UInt32, _ linked: LinkedRequest,
        _ size: Int, _ refusal: PermissionRefusal
    ) throws(PermissionRefusal) {
        lastAsked += 1
        let asked = lastAsked
        let request = try open(number, .asked(asked), linked.body, size)
        if case .none = linked.body { request.isWhole = true }
        desk.host(host) { [self] isAllowed in
            onLoop { session in
                // It may have been let go of meanwhile, and its number be another's.
                guard let request = session.open[number], case .asked(asked) = request.what else { return }
                guard isAllowed, let verdict = RequestRules.agreed(linked.url) else {
                    return session.refuse(number, refusal, ofSubmit: false)
                }
                session.settings.news.used(.net, Array(host.description.utf8))
                request.what = .plain(linked, verdict)
                if request.isWhole { session.start(number, request) }
            }
        }
    }

    /// Sends a frame with a descriptor, which it closes here.
    private func handOver(_ file: Int32, with frame: Frame) {
        guard handover.begin(file, frame) else { return }
        // What was written before goes first; what is written from now on waits.
        channel.writeAndFlush(ByteBuffer()).whenComplete { [self] _ in goOnHandingOver() }
    }

    private func goOnHandingOver() {
        switch handover.attempt(isOpen: channel.isActive) {
        case .again:
            settings.clock.wake(at: settings.clock.now + .milliseconds(10)) { [self] in
                onLoop { $0.goOnHandingOver() }
            }
        case .next:
            channel.writeAndFlush(ByteBuffer()).whenComplete { [self] _ in goOnHandingOver() }
        case .done(let frames):
            for frame in frames { channel.write(frame, promise: nil) }
            channel.flush()
            goOn()
        }
    }
}
