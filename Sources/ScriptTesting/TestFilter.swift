import LuaVM
public import PlainErrors

/// Picks tests by their names: those in which a text, or a Lua pattern, is found.
public struct TestFilter {
    private let pattern: String
    private let vm: LuaVM
    private let find: LuaReference

    /// - Throws: for a text that is not a Lua pattern.
    public init(_ pattern: String) throws(MessageError) {
        self.pattern = pattern
        do throws(LuaError) {
            vm = try LuaVM()
            let source = "local name, pattern = ... return name:find(pattern) ~= nil"
            find = try vm.load(Array(source.utf8), name: "=[decart-lua] filter")
            _ = try vm.call(find, [.value(.text("")), .value(.text(pattern))])
        } catch {
            throw MessageError("--filter '\(pattern)' is no Lua pattern: \(error.message)")
        }
    }

    public func picks(_ name: String) -> Bool {
        if name.contains(pattern) { return true }
        return (try? vm.call(find, [.value(.text(name)), .value(.text(pattern))]).first?.isTrue) ?? false
    }
}
