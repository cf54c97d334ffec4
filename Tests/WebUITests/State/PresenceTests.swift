import RunClock
import Testing

@testable import WebUI

/// Whether somebody is there.
struct PresenceTests {
    private func at(_ seconds: Int64) -> RunInstant { .start + .seconds(seconds) }

    @Test func `before the first page there is something to wait for`() {
        let presence = Presence()
        #expect(!presence.areAllClosed(at: at(1000)))
        #expect(presence.allClosedAt == nil)
    }

    @Test func `a page that says goodbye may be back at once, and is gone soon`() {
        var presence = Presence()
        let isA = presence.connect("a", at: at(0))
        #expect(isA)
        presence.sayGoodbye("a")
        presence.disconnect("a", at: at(5))
        #expect(!presence.areAllClosed(at: at(6)))
        #expect(presence.allClosedAt == at(7))
        #expect(presence.areAllClosed(at: at(7)))
        let isB = presence.connect("b", at: at(8))
        #expect(isB)
        #expect(!presence.areAllClosed(at: at(60)))
    }

    @Test func `goodbye counts also when it comes after the connection has gone`() {
        var presence = Presence()
        let isA = presence.connect("a", at: at(0))
        #expect(isA)
        presence.disconnect("a", at: at(5))
        presence.sayGoodbye("a")
        #expect(presence.areAllClosed(at: at(7)))
    }

    @Test func `a lost page is waited for longer`() {
        var presence = Presence()
        let isA = presence.connect("a", at: at(0))
        #expect(isA)
        presence.disconnect("a", at: at(5))
        #expect(!presence.areAllClosed(at: at(34)))
        #expect(presence.areAllClosed(at: at(35)))
    }

    @Test func `one page that stays is enough`() {
        var presence = Presence()
        _ = presence.connect("a", at: at(0))
        _ = presence.connect("b", at: at(0))
        presence.disconnect("a", at: at(1))
        #expect(!presence.areAllClosed(at: at(1000)))
        #expect(presence.allClosedAt == nil)
    }

    @Test func `there is a limit, and a place that becomes free is given away`() {
        var presence = Presence(limit: 2)
        _ = presence.connect("a", at: at(0))
        _ = presence.connect("b", at: at(0))
        let isNotC = presence.connect("c", at: at(0))
        #expect(!isNotC)
        presence.disconnect("a", at: at(1))
        let isC = presence.connect("c", at: at(1))
        #expect(isC)
    }

    @Test func `a goodbye of nobody's changes nothing`() {
        var presence = Presence()
        presence.sayGoodbye("nobody")
        presence.disconnect("nobody", at: at(1))
        #expect(!presence.areAllClosed(at: at(1000)))
    }
}
