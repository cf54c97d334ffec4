import Testing

@testable import LuaVM

/// Values keep what they are on the way into Lua and out again.
struct ValueTests {
    static let values: [LuaValue] = [
        .nil, .boolean(true), .boolean(false), .integer(0), .integer(.min), .integer(.max),
        .number(0.5), .number(.infinity), .number(-.infinity), .number(1e308), .number(.leastNonzeroMagnitude),
        .number(3),
        .text(""), .text("text"), .text("Füße, 日本, 🎬"), .string([0]), .string([97, 0, 98, 0]),
        .string([0xff, 0xfe, 0xc3]),
        .table(LuaTable()),
        .table(LuaTable(sequence: [.integer(1), .text("two"), .table(LuaTable(sequence: [.boolean(false)]))])),
        .table(LuaTable(fields: [("a", .table(LuaTable(fields: [("b", .number(0.25))])))])),
    ]

    @Test(arguments: values)
    func `a value comes back as it went in`(_ value: LuaValue) throws {
        let machine = try Machine()
        let height = machine.vm.stackHeight
        #expect(try machine.run("return select(2, ...)", with: [value]) == [value])
        #expect(machine.vm.stackHeight == height)
    }

    @Test
    func `a megabyte comes back as it went in`() throws {
        let machine = try Machine()
        let bytes = [UInt8](repeating: 7, count: 1_000_000)
        let same = try machine.run("return select(2, ...)", with: [.string(bytes)]) == [.string(bytes)]
        #expect(same)
    }

    @Test
    func `minus zero keeps its sign and nan stays nan`() throws {
        let machine = try Machine()
        let values = try machine.run("return select(2, ...)", with: [.number(-0.0), .number(.nan)])
        #expect(values.first?.double?.sign == .minus)
        #expect(values.last?.double?.isNaN == true)
    }

    @Test
    func `a float with an integral value stays a float`() throws {
        let machine = try Machine()
        #expect(try machine.run("return math.type(select(2, ...))", with: [.number(3)]) == [.text("float")])
    }

    @Test
    func `a table that holds itself ends where it would begin again`() throws {
        let machine = try Machine()
        let values = try machine.run("local t = { 1 } t.me = t t[2] = { up = t } return t")
        guard case .table(let table)? = values.first else { throw Unexpected() }
        #expect(table["me"] == .opaque(.table))
        #expect(table.sequence == [.integer(1), .table(LuaTable(fields: [("up", .opaque(.table))]))])
    }

    @Test
    func `tables nested beyond any use are cut off`() throws {
        let machine = try Machine()
        let values = try machine.run("local t = {} for _ = 1, 1000 do t = { t } end return t")
        var depth = 0
        var value = values.first
        while case .table(let table)? = value {
            depth += 1
            value = table.sequence.first
        }
        #expect(depth == 64)
        #expect(value == .opaque(.table))
    }

    @Test
    func `tables shared many times over do not multiply without end`() throws {
        let machine = try Machine()
        #expect(try machine.run("local t = {} for _ = 1, 60 do t = { t, t } end return t").count == 1)
    }

    @Test
    func `deeply nested values go in whole`() throws {
        let machine = try Machine()
        var value = LuaValue.integer(7)
        for _ in 0..<5_000 { value = .table(LuaTable(sequence: [value])) }
        let depth = try machine.run(
            "local t, n = select(2, ...), 0 while type(t) == 'table' do t, n = t[1], n + 1 end return n, t",
            with: [value])
        #expect(depth == [.integer(5_000), .integer(7)])
    }

    @Test
    func `keys that Lua does not take are left out`() throws {
        let machine = try Machine()
        var table = LuaTable(fields: [("kept", .integer(1))])
        table.entries.append(.init(key: .nil, value: .integer(2)))
        table.entries.append(.init(key: .number(.nan), value: .integer(3)))
        table.entries.append(.init(key: .opaque(.function), value: .integer(4)))
        let kept = LuaTable(fields: [("kept", .integer(1))])
        #expect(try machine.run("return select(2, ...)", with: [.table(table)]) == [.table(kept)])
    }

    @Test
    func `functions and coroutines come out as what they are`() throws {
        let machine = try Machine()
        #expect(
            try machine.run("return print, coroutine.create(print), io.stdout")
                == [.opaque(.function), .opaque(.thread), .opaque(.userdata)])
    }

    @Test
    func `a large string under a tiny limit is a clean error`() throws {
        let machine = try Machine()
        machine.vm.limitMemory(to: machine.vm.memoryUsed + 100_000)
        let error = machine.error(of: "local s = 'x' while true do s = s .. s end")
        #expect(error?.kind == .memory)
        #expect(error?.message == "not enough memory")
        #expect(try machine.run("return 1") == [.integer(1)])
        #expect(machine.vm.memoryUsed < 200_000)
    }

    @Test
    func `integers beyond a double's precision are read exactly`() throws {
        let machine = try Machine()
        let function = HostFunction("f") { call throws(LuaError) in
            call.push(.integer(Int64(try call.integer(1))))
            return .returns
        }
        #expect(
            try machine.run("return host.f(math.maxinteger), host.f((1 << 53) + 1), host.f(2.0)", [function])
                == [.integer(.max), .integer((1 << 53) + 1), .integer(2)])
        #expect(machine.error(of: "host.f(1e300)", [function])?.message.contains("no integer representation") == true)
    }

    struct Unexpected: Error {}
}
