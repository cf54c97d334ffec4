import ScriptPermissions
import Testing

@testable import SandboxKeeper

struct AskedPermissionsTests {
    private static func read(_ what: String) -> PermissionQuestion {
        PermissionQuestion(kinds: [.read], what: Array(what.utf8))
    }

    @Test func `once is once, always is for the run, and no is too`() {
        var asked = AskedPermissions()
        #expect(asked.known(Self.read("/a")) == nil)
        asked.answered(Self.read("/a"), .once)
        #expect(asked.known(Self.read("/a")) == nil)
        asked.answered(Self.read("/a"), .always)
        #expect(asked.known(Self.read("/a")) == true)
        asked.answered(Self.read("/b"), .no)
        #expect(asked.known(Self.read("/b")) == false)
        #expect(asked.known(Self.read("/c")) == nil)
    }

    @Test func `one kind says nothing of another, and both are asked for as far as they are open`() {
        var asked = AskedPermissions()
        asked.answered(Self.read("/a"), .always)
        var both = Self.read("/a")
        both.kinds = [.read, .write]
        #expect(asked.known(both) == nil)
        #expect(asked.open(both).kinds == [.write])
        asked.answered(asked.open(both), .no)
        #expect(asked.known(both) == false)
        #expect(asked.known(Self.read("/a")) == true)
    }

    @Test func `who says no again and again is left in peace`() {
        var asked = AskedPermissions()
        asked.answered(Self.read("/yes"), .always)
        for number in 1..<AskedPermissions.patience { asked.answered(Self.read("/\(number)"), .no) }
        #expect(asked.known(Self.read("/next")) == nil)
        asked.answered(Self.read("/next"), .once)
        for number in 0..<AskedPermissions.patience { asked.answered(Self.read("/again\(number)"), .no) }
        #expect(asked.known(Self.read("/last")) == false)
        #expect(asked.known(Self.read("/yes")) == true)
    }
}
