import DecartAPI
import SeededNumbers
import Testing

@testable import DecartClient

struct RetryRuleTests {
    @Test(arguments: [
        (RetryRule.Event.refused(status: 408), RetryRule.again, RetryRule.unknown),
        (.refused(status: 429), .again, .again),
        (.refused(status: 500), .again, .unknown),
        (.refused(status: 503), .again, .unknown),
        (.refused(status: 599), .again, .unknown),
        (.refused(status: 302), .final, .final),
        (.refused(status: 400), .final, .final),
        (.refused(status: 401), .final, .final),
        (.refused(status: 404), .final, .final),
        (.refused(status: 422), .final, .final),
        (.failed(.network, .neverSent), .again, .again),
        (.failed(.timeout, .neverSent), .again, .again),
        (.failed(.network, .maybeSent), .again, .unknown),
        (.failed(.timeout, .maybeSent), .again, .unknown),
        (.failed(.body, .maybeSent), .final, .final),
        (.failed(.body, .neverSent), .final, .final),
        (.failed(.cancelled, .neverSent), .final, .final),
        (.failed(.cancelled, .maybeSent), .final, .unknown),
    ])
    func `what may be sent again is as the table says`(event: RetryRule.Event, read: RetryRule, submit: RetryRule) {
        #expect(RetryRule.verdict(on: event, of: .read) == read)
        #expect(RetryRule.verdict(on: event, of: .write) == submit)
    }

    @Test func `waits double from 250 ms to 5 s and chance spreads them`() {
        let longest = (1...8).map { RetrySchedule.longestWait(beforeRetry: $0).components }
        let milliseconds = longest.map { $0.seconds * 1000 + $0.attoseconds / 1_000_000_000_000_000 }
        #expect(milliseconds == [250, 500, 1000, 2000, 4000, 5000, 5000, 5000])
        #expect(RetrySchedule.longestWait(beforeRetry: .max) == .seconds(5))
        var schedule = RetrySchedule(maxRetries: 2)
        #expect(schedule.next(chance: 0.5, retryAfter: nil) == .milliseconds(125))
        #expect(schedule.next(chance: 0, retryAfter: .seconds(3)) == .seconds(3))
        #expect(schedule.next(chance: 0, retryAfter: nil) == nil)
        schedule.progressed()
        #expect(schedule.next(chance: 0, retryAfter: nil) == .zero)
    }

    @Test func `chance stays in its range and is the same for the same seed`() {
        let (one, other) = (Chance(seed: 3), Chance(seed: 3))
        for _ in 0..<1000 {
            let value = one.unit()
            #expect((0..<1).contains(value))
            #expect(value == other.unit())
        }
    }

    @Test(arguments: [
        ("0", Duration.seconds(0)), (" 7 ", .seconds(7)),
        ("99999999999999999999", .seconds(365 * 24 * 3600)),
        ("Sun, 06 Nov 1994 08:49:47 GMT", .seconds(10)),
        ("Sunday, 06-Nov-94 08:49:47 GMT", .seconds(10)),
        ("Sun Nov  6 08:49:47 1994", .seconds(10)),
        ("Sun, 06 Nov 1994 08:49:00 GMT", .zero),
    ])
    func `Retry-After is read in each of its forms`(text: String, wait: Duration) {
        #expect(RetryAfter.wait(text, at: 784_111_777) == wait)
    }

    @Test(arguments: ["", "soon", "-3", "1.5", "Sun, 99 Nov 1994 08:49:47 GMT", "Sun, 06 Foo 1994 08:49:47 GMT"])
    func `a Retry-After that is neither is ignored`(text: String) {
        #expect(RetryAfter.wait(text, at: 0) == nil)
    }
}
