import Testing

@testable import ScriptRuntime

struct ChildEnvironmentTests {
    private func entries(_ changes: [String: String?], inheriting inherited: [String]) -> [String] {
        var environment = ChildEnvironment()
        for (name, value) in changes { environment.changes[Array(name.utf8)] = .some(value.map { Array($0.utf8) }) }
        return environment.entries(inheriting: inherited.map { Array($0.utf8) })
            .map { String(decoding: $0.dropLast(), as: UTF8.self) }
    }

    @Test func `what is not named is inherited, and each entry ends with a zero byte`() {
        #expect(entries([:], inheriting: ["A=1", "B="]) == ["A=1", "B="])
        #expect(ChildEnvironment().entries(inheriting: [[65]]) == [[65, 0]])
    }

    @Test func `a variable is replaced, added or taken away`() {
        #expect(entries(["A": "2"], inheriting: ["A=1", "AB=3"]) == ["AB=3", "A=2"])
        #expect(entries(["C": ""], inheriting: ["A=1"]) == ["A=1", "C="])
        #expect(entries(["A": nil], inheriting: ["A=1", "B=x=y"]) == ["B=x=y"])
    }
}
