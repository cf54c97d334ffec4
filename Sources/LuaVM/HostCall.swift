internal import CLuaShim

/// One call of a host function by a script, valid while its body runs.
public struct HostCall {
    let stack: LuaStack
    let vm: LuaVM
    /// How many arguments the script gave.
    public let argumentCount: Int
    /// The function's name, for complaints.
    public let name: String
    /// How many arguments come before those that the script counts: the object that a method is called on.
    public let hidden: Int

    init(stack: LuaStack, vm: LuaVM, function: HostFunction) {
        self.stack = stack
        self.vm = vm
        name = function.name
        hidden = function.hiddenArguments
        argumentCount = stack.count
    }

    /// What was pushed above the arguments.
    var resultCount: Int { stack.count - argumentCount }

    /// Lua's complaint about the argument at `position`, under the number that the script counts it by.
    public func badArgument(_ position: Int, _ complaint: String) -> LuaError {
        guard position > hidden else { return .message("calling '\(name)' on a bad self (\(complaint))") }
        return .badArgument(position - hidden, of: name, complaint)
    }

    // MARK: Arguments, counted from 1

    /// `.none` beyond the last one.
    public func type(_ position: Int) -> LuaTypeName {
        position <= argumentCount ? stack.type(at: position) : .none
    }

    /// A copy of that argument; nil where there is none.
    public func value(_ position: Int, within bounds: LuaCopyBounds = .usual) -> LuaValue {
        position <= argumentCount ? stack.value(at: position, kinds: vm.kinds, within: bounds) : .nil
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

    /// A number, but no string that looks like one; nil for whatever else it is.
    public func numberIfAny(_ position: Int) -> Double? {
        type(position) == .number ? lua_tonumberx(stack.state, Int32(position), nil) : nil
    }

    /// A number without a fraction, within an integer's range.
    public func integer(_ position: Int) throws(LuaError) -> Int {
        guard type(position) == .number else { throw expected("number", got: type(position), at: position) }
        var isInteger: Int32 = 0
        let integer = lua_tointegerx(stack.state, Int32(position), &isInteger)
        guard isInteger != 0 else {
            throw badArgument(position, "number has no integer representation")
        }
        return Int(integer)
    }

    /// Checks what `reference` is to be taken of.
    public func requireTable(_ position: Int) throws(LuaError) {
        guard type(position) == .table else { throw expected("table", got: type(position), at: position) }
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
        badArgument(position, "\(wanted) expected, got \(got.rawValue)")
    }

    // MARK: Results

    public func push(_ value: LuaValue) {
        guard hasRoom() else { return }
        stack.push(value, kinds: vm.kinds)
    }

    /// Pushes the value that a reference stands for.
    public func push(_ reference: LuaReference) {
        guard hasRoom() else { return }
        vm.push(reference, on: stack)
    }

    /// Pushes a chunk, which finds its globals in that table from now on.
    public func push(_ chunk: LuaReference, globals: LuaReference) {
        guard hasRoom() else { return }
        vm.push(chunk, on: stack)
        vm.push(globals, on: stack)
        lua_setupvalue(stack.state, -2, 1)
    }

    /// Pushes a table of these functions by their names.
    public func push(_ functions: [HostFunction]) {
        guard hasRoom() else { return }
        vm.push(functions, on: stack)
    }

    /// Pushes copies of the results that an ended task left.
    public func pushResults(of task: LuaCoroutine) {
        if vm.copyResults(of: task, to: stack) == nil { vm.callOverflowed = true }
    }

    /// Pushes the error value that a failed task left.
    public func pushError(of task: LuaCoroutine) {
        guard hasRoom() else { return }
        vm.pushError(of: task, on: stack)
    }

    /// Pushes a file of Lua's own that has this descriptor from now on, in a mode as `io.open` takes it.
    ///
    /// - Returns: the system's number for why there is none; nil where there is.
    public func push(file descriptor: Int32, mode: String) -> Int32? {
        _ = hasRoom()
        let failure = shim_push_file(stack.state, descriptor, mode)
        return failure == 0 ? nil : failure
    }

    private func hasRoom() -> Bool {
        guard stack.makeRoom(8) else {
            vm.callOverflowed = true
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

    /// A new task's coroutine for the function at `position`, called with the arguments from `first` on; from the one
    /// after the function unless given.
    public func makeTask(functionAt position: Int, argumentsFrom first: Int? = nil) throws(LuaError) -> LuaCoroutine {
        try requireFunction(position)
        let first = first ?? position + 1
        let count = max(0, argumentCount - first + 1)
        guard stack.makeRoom(count + 3) else { throw .message("stack overflow (too many arguments to \(name))") }
        lua_pushvalue(stack.state, Int32(position))
        for index in first..<(first + count) { lua_pushvalue(stack.state, Int32(index)) }
        return try vm.makeTask(takingOff: stack, arguments: count)
    }

    /// Registers the table at `position` as the metatable of objects of that kind.
    public func registerKind(_ kind: String, metatableAt position: Int) throws(LuaError) {
        try requireTable(position)
        vm.kinds.register(kind, metatableAt: position, on: stack)
    }

    /// Makes the object at `position` the only one of its kind, for good: whenever one is pushed, it is this very value.
    public func registerOnly(_ kind: String, objectAt position: Int) throws(LuaError) {
        _ = try object(position, kind: kind)
        guard !vm.kinds.hasOnly(kind) else { throw badArgument(position, "there is one already") }
        vm.kinds.registerOnly(kind, objectAt: position, on: stack)
    }

    /// Makes the table at `position` the metatable of the error objects that learn where they were raised.
    public func registerErrors(_ kind: String, metatableAt position: Int) throws(LuaError) {
        try registerKind(kind, metatableAt: position)
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
