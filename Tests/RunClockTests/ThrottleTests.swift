import RunClock
import Testing

struct ThrottleTests {
    private func at(_ milliseconds: Int64) -> RunInstant { .start + .milliseconds(milliseconds) }

    @Test func `it happens at once after a quiet moment, and then once in each interval`() {
        var throttle = Throttle(interval: .milliseconds(50))
        var happened: [RunInstant] = []
        var due: RunInstant?
        for millisecond in Int64(0)..<200 {
            if let instant = throttle.want(at: at(millisecond)) { due = instant }
            guard due == at(millisecond) else { continue }
            happened.append(at(millisecond))
            throttle.happened(at: at(millisecond))
            due = nil
        }
        #expect(happened == [at(0), at(50), at(100), at(150)])
    }

    @Test func `an earlier time takes a later one's place, and not the other way round`() {
        var throttle = Throttle(interval: .milliseconds(50))
        let wanted = [1000, 2000, 300, 400].map { throttle.want(at: at($0)) }
        #expect(wanted == [at(1000), nil, at(300), nil])
    }

    @Test func `what was wanted while it is happening comes an interval later`() {
        var throttle = Throttle(interval: .milliseconds(50))
        _ = throttle.want(at: at(10))
        throttle.happened(at: at(12))
        let next = throttle.want(at: at(13))
        #expect(next == at(62))
    }
}
