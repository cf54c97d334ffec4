import Testing

@testable import DecartClient

struct ConnectionLimiterTests {
    /// Lets other tasks run until `condition` holds.
    private func until(_ condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }

    @Test func `those who wait are let through in the order they came`() async throws {
        let limiter = ConnectionLimiter(limit: 1)
        let first = try #require(await limiter.acquire())
        let (order, continuation) = AsyncStream.makeStream(of: Int.self)
        for number in 0..<3 {
            Task {
                let slot = await limiter.acquire()
                continuation.yield(number)
                slot?.release()
            }
            await until { limiter.waiting == number + 1 }
        }
        first.release()
        var seen: [Int] = []
        for await number in order {
            seen.append(number)
            if seen.count == 3 { break }
        }
        #expect(seen == [0, 1, 2])
    }

    @Test func `a cancelled one leaves the line at once and holds nothing`() async throws {
        let limiter = ConnectionLimiter(limit: 1)
        let first = try #require(await limiter.acquire())
        let tasks = (0..<1000).map { _ in Task { await limiter.acquire() != nil } }
        await until { limiter.waiting == 1000 }
        for task in tasks { task.cancel() }
        for task in tasks { #expect(await task.value == false) }
        #expect(limiter.waiting == 0)
        first.release()
        first.release()
        let one = await limiter.acquire()
        #expect(one != nil)
    }

    @Test func `a slot that is let go is given back`() async {
        let limiter = ConnectionLimiter(limit: 1)
        for _ in 0..<3 {
            let slot = await limiter.acquire()
            #expect(slot != nil)
        }
    }
}
