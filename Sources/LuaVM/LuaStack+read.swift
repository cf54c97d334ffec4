internal import CLuaShim

extension LuaStack {
    /// A copy of the value at `index`.
    ///
    /// Tables in tables are followed within the bounds and not into themselves; what lies beyond is `.opaque`.
    func value(at index: Int, kinds: LuaObjectKinds, within bounds: LuaCopyBounds = .usual) -> LuaValue {
        var walk = TableWalk(bounds: bounds)
        return value(at: index, kinds: kinds, walk: &walk)
    }

    private func value(at index: Int, kinds: LuaObjectKinds, walk: inout TableWalk) -> LuaValue {
        switch type(at: index) {
        case .none, .nil: return .nil
        case .boolean: return .boolean(lua_toboolean(state, Int32(index)) != 0)
        case .number:
            if lua_isinteger(state, Int32(index)) != 0 { return .integer(lua_tointegerx(state, Int32(index), nil)) }
            return .number(lua_tonumberx(state, Int32(index), nil))
        case .string: return .string(bytes(at: index))
        case .table:
            guard makeRoom(8), walk.enter(lua_topointer(state, Int32(index))) else { return .opaque(.table) }
            defer { walk.leave() }
            return .table(table(at: Int(lua_absindex(state, Int32(index))), kinds: kinds, walk: &walk))
        case .userdata:
            return kinds.object(at: index, on: self).map { .object($0) } ?? .opaque(.userdata)
        case let other: return .opaque(other)
        }
    }

    /// The bytes of the string at `index`, which must be one.
    func bytes(at index: Int) -> [UInt8] {
        var length = 0
        guard let start = lua_tolstring(state, Int32(index), &length) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: length))
    }

    /// The text of the string at `index`, which must be one; broken UTF-8 is replaced.
    func text(at index: Int) -> String {
        var length = 0
        guard let start = lua_tolstring(state, Int32(index), &length) else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
    }

    private func table(at index: Int, kinds: LuaObjectKinds, walk: inout TableWalk) -> LuaTable {
        var table = LuaTable(metatable: kinds.name(ofMetatableAt: index, on: self))
        var next: Int64 = 1
        while lua_rawgeti(state, Int32(index), next) != SHIM_TNIL {
            table.sequence.append(value(at: -1, kinds: kinds, walk: &walk))
            pop()
            next += 1
        }
        pop()
        lua_pushnil(state)
        while shim_next(state, Int32(index)) != 0 {
            if !isSequenceKey(at: -2, below: next) {
                let key = value(at: -2, kinds: kinds, walk: &walk)
                table.entries.append(.init(key: key, value: value(at: -1, kinds: kinds, walk: &walk)))
            }
            pop()
        }
        return table
    }

    private func isSequenceKey(at index: Int, below end: Int64) -> Bool {
        guard lua_isinteger(state, Int32(index)) != 0 else { return false }
        let key = lua_tointegerx(state, Int32(index), nil)
        return key >= 1 && key < end
    }

    /// How `tostring` shows the value at `index`.
    func description(at index: Int) -> String {
        balanced {
            if type(at: index) == .string || type(at: index) == .number {
                // Of a copy: a number would become a string in its place.
                lua_pushvalue(state, Int32(index))
                return text(at: -1)
            }
            shim_push_description(state, Int32(index))
            return text(at: -1)
        }
    }
}

/// How much of a table is copied.
public struct LuaCopyBounds: Sendable {
    /// Tables in tables.
    public var depth: Int
    /// How many altogether: tables that hold one another many times over would otherwise come to 2⁶⁴ copies.
    public var tables: Int

    public init(depth: Int, tables: Int) {
        self.depth = depth
        self.tables = tables
    }

    public static let usual = LuaCopyBounds(depth: 64, tables: 100_000)
}

/// Where a copy of nested tables is.
private struct TableWalk {
    let bounds: LuaCopyBounds
    private var inside: [UnsafeRawPointer?] = []
    private var copied = 0

    init(bounds: LuaCopyBounds) {
        self.bounds = bounds
    }

    /// False for a table that is not to be followed.
    mutating func enter(_ table: UnsafeRawPointer?) -> Bool {
        guard inside.count < bounds.depth, copied < bounds.tables, !inside.contains(table) else { return false }
        inside.append(table)
        copied += 1
        return true
    }

    mutating func leave() {
        inside.removeLast()
    }
}
