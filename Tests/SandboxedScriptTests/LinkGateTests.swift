import SandboxLink
import Testing

@testable import SandboxedScript

@Suite(.timeLimit(.minutes(5)))
struct LinkGateTests {
    @Test func `what there is room for enters, and others in the order in which they came`() async throws {
        let gate = LinkGate(LinkLoad(memory: 10))
        let first = try #require(await gate.enter(LinkLoad(memory: 6)))
        let (stream, entered) = AsyncStream.makeStream(of: Int.self)
        let second = Task {
            let share = await gate.enter(LinkLoad(memory: 8))
            entered.yield(8)
            return share
        }
        while gate.waiting < 1 { await Task.yield() }
        // It would fit, and comes after one that does not.
        let third = Task {
            let share = await gate.enter(LinkLoad(memory: 1))
            entered.yield(1)
            return share
        }
        while gate.waiting < 2 { await Task.yield() }
        first.release()
        first.release()
        var order: [Int] = []
        for await load in stream {
            order.append(load)
            if order.count == 2 { break }
        }
        #expect(Set(order) == [1, 8])
        #expect(await second.value != nil)
        #expect(await third.value != nil)
    }

    @Test func `one that is cancelled lets those behind it in`() async throws {
        let gate = LinkGate(LinkLoad(memory: 10))
        let first = try #require(await gate.enter(LinkLoad(memory: 6)))
        let second = Task { await gate.enter(LinkLoad(memory: 8)) }
        while gate.waiting < 1 { await Task.yield() }
        let third = Task { await gate.enter(LinkLoad(memory: 1)) }
        while gate.waiting < 2 { await Task.yield() }
        second.cancel()
        #expect(await second.value == nil)
        #expect(await third.value != nil)
        first.release()
    }

    @Test func `one that would never fit enters alone`() async throws {
        let gate = LinkGate(LinkLoad(memory: 10))
        let share = try #require(await gate.enter(LinkLoad(memory: 1000)))
        let next = Task { await gate.enter(LinkLoad(memory: 1)) }
        while gate.waiting < 1 { await Task.yield() }
        share.release()
        #expect(await next.value != nil)
    }
}
