internal import CLuaShim

/// One call of a host function by a script, valid while its body runs.
public struct HostCall {
    let stack: LuaStack
    let vm: LuaVM
    /// How many arguments the script gave.
    public let argumentCount: Int
    /// The function's name, for complaints.
    public let name: String
    private(set) var resultCount = 0
    /// Whether a result found no room on the stack: the call is an error then.
    private(set) var overflowed = false

    init(stack: LuaStack, vm: LuaVM, name: String) {
        self.stack = stack
        self.vm = vm
        self.name = name
        argumentCount = stack.count
    }

    // MARK: Arguments, counted from 1

    /// `.none` beyond the last one.
    public func type(_ position: Int) -> LuaTypeName {
        position <= argumentCount ? stack.type(at: position) : .none
    }

    /// A copy of that argument; nil where there is none.
    public func value(_ position: Int) -> LuaValue {
        position <= argumentCount ? stack.value(at: position, kinds: vm.kinds) : .nil
    }

    // Those below throw Lua's own `bad argument` error for a value of another type.

    /// A string, or a number as Lua writes it; what is not UTF-8 in it is repaired.
    public func string(_ position: Int) throws(LuaError) -> String {
        switch type(position) {
        case .string: return stack.text(at: position)
        case .number: return stack.description(at: position)
        case let other: throw expected("string", got: other, at: position)
        }
    }

    /// A string as its bytes, or a number as Lua writes it.
    public func bytes(_ position: Int) throws(LuaError) -> [UInt8] {
        guard type(position) == .string else { return Array(try string(position).utf8) }
        return stack.bytes(at: position)
    }

    /// A number, but no string that looks like one.
    public func number(_ position: Int) throws(LuaError) -> Double {
        guard type(position) == .number else { throw expected("number", got: type(position), at: position) }
        return lua_tonumberx(stack.state, Int32(position), nil)
    }

    /// A number without a fraction, within an integer's range.
    public func integer(_ position: Int) throws(LuaError) -> Int {
        guard type(position) == .number else { throw expected("number", got: type(position), at: position) }
        var isInteger: Int32 = 0
        let integer = lua_tointegerx(stack.state, Int32(position), &isInteger)
        guard isInteger != 0 else {
            throw .badArgument(position, of: name, "number has no integer representation")
        }
        return Int(integer)
    }

    /// Checks what `reference` is to be taken of.
    public func requireFunction(_ position: Int) throws(LuaError) {
        guard type(position) == .function else { throw expected("function", got: type(position), at: position) }
    }

    /// The id of an object of that kind.
    public func object(_ position: Int, kind: String) throws(LuaError) -> Int {
        guard let object = objectIfAny(position), object.kind == kind else {
            throw expected(kind, got: type(position), at: position)
        }
        return object.id
    }

    /// An object of the host's of any kind; nil for whatever else it is.
    public func objectIfAny(_ position: Int) -> LuaObject? {
        guard type(position) == .userdata else { return nil }
        return vm.kinds.object(at: position, on: stack)
    }

    private func expected(_ wanted: String, got: LuaTypeName, at position: Int) -> LuaError {
        .badArgument(position, of: name, "\(wanted) expected, got \(got.rawValue)")
    }

    // MARK: Results

    public mutating func push(_ value: LuaValue) {
        guard hasRoom() else { return }
        stack.push(value, kinds: vm.kinds)
        resultCount += 1
    }

    /// Pushes an object that keeps `coroutine` alive as long as the script holds the object.
    public mutating func push(_ object: LuaObject, keeping coroutine: LuaCoroutine) {
        guard hasRoom() else { return }
        stack.push(object, kinds: vm.kinds)
        coroutine.push(on: stack)
        lua_setiuservalue(stack.state, -2, 1)
        resultCount += 1
    }

    /// Pushes the value that a reference stands for.
    public mutating func push(_ reference: LuaReference) {
        guard hasRoom() else { return }
        vm.push(reference, on: stack)
        resultCount += 1
    }

    /// Pushes copies of the results that an ended task left.
    public mutating func pushResults(of task: LuaCoroutine) {
        guard let count = vm.copyResults(of: task, to: stack) else { return overflowed = true }
        resultCount += count
    }

    /// Pushes the error value that a failed task left.
    public mutating func pushError(of task: LuaCoroutine) {
        guard hasRoom() else { return }
        vm.pushError(of: task, on: stack)
        resultCount += 1
    }

    private mutating func hasRoom() -> Bool {
        guard stack.makeRoom(8) else {
            overflowed = true
            return false
        }
        return true
    }

    // MARK: References

    /// Keeps that argument until `LuaVM.release`.
    public func reference(_ position: Int) -> LuaReference {
        _ = stack.makeRoom(1)
        lua_pushvalue(stack.state, Int32(position))
        return LuaReference(slot: luaL_ref(stack.state, SHIM_REGISTRY))
    }

    /// A new task's coroutine for the function at `position`, called with the arguments after it.
    public func makeTask(functionAt position: Int) throws(LuaError) -> LuaCoroutine {
        try requireFunction(position)
        let count = argumentCount - position + 1
        guard stack.makeRoom(count + 2) else { throw .message("stack overflow (too many arguments to \(name))") }
        for index in position...argumentCount { lua_pushvalue(stack.state, Int32(index)) }
        return try vm.makeTask(takingOff: stack, arguments: count - 1)
    }

    /// Registers the table at `position` as the metatable of objects of that kind.
    public func registerKind(_ kind: String, metatableAt position: Int) {
        vm.kinds.register(kind, metatableAt: position, on: stack)
    }

    /// Makes the table at `position` the metatable of the error objects that learn where they were raised.
    public func registerErrors(_ kind: String, metatableAt position: Int) {
        registerKind(kind, metatableAt: position)
        _ = stack.makeRoom(1)
        lua_pushvalue(stack.state, Int32(position))
        shim_mark_error_metatable(stack.state)
    }

    // MARK: Shields

    /// Puts the calling coroutine into a shield, or takes it out; answers how it was before.
    public func setShield(_ shielded: Bool) -> Bool {
        shim_set_shield(stack.state, shielded)
    }

    // MARK: Position

    /// The coroutine that makes the call, for asking later where it waits.
    public var caller: LuaPosition { LuaPosition(state: stack.state) }
}

/// A value that the host keeps for a script, until it is released.
public struct LuaReference: Hashable, Sendable {
    let slot: Int32
}

/// A coroutine as a place to ask for its line. Valid while the coroutine is suspended in the wait it was taken in.
public struct LuaPosition {
    let state: OpaquePointer
}
