import Testing

@testable import decart_lua

/// What `--watch` does at each event.
struct WatchLoopTests {
    private typealias Step = (event: WatchLoop.Event, action: WatchLoop.Action?)

    private func check(_ steps: [Step]) {
        var loop = WatchLoop()
        for (index, step) in steps.enumerated() {
            #expect(loop.on(step.event) == step.action, "step \(index + 1), \(step.event)")
        }
    }

    @Test func `a program that has ended is started again by a change, once a moment has passed`() {
        check([
            (.ended(0), .tell(0)), (.changed, .settle), (.changed, nil), (.settled, .start), (.ended(1), .tell(1)),
        ])
    }

    @Test func `a program that runs is stopped by a change, and started again when it has ended`() {
        check([(.changed, .stop), (.changed, nil), (.ended(143), .settle), (.settled, .start)])
    }

    @Test func `a signal is passed on to a program that runs, whose end is waited for`() {
        check([(.signal(2), .pass(2)), (.changed, nil), (.ended(130), .leave(130))])
    }

    @Test func `a program that was asked to end already is asked no second time, and its end is waited for`() {
        check([(.changed, .stop), (.signal(15), nil), (.changed, nil), (.ended(143), .leave(143))])
        check([(.changed, .stop), (.signal(2), nil), (.ended(0), .leave(130))])
    }

    @Test func `a signal ends the watch at once while nothing runs`() {
        check([(.ended(0), .tell(0)), (.signal(2), .leave(130))])
        check([(.ended(0), .tell(0)), (.changed, .settle), (.signal(2), .leave(130))])
    }
}
