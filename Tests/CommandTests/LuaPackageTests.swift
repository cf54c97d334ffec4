import TestSupport
import Testing

/// What scripts load with `require`: Lua's C modules of the system, and files.
@Suite(.timeLimit(.minutes(5)))
struct LuaPackageTests {
    @Test func `Debian's lua-cjson loads and works`() async throws {
        let outcome = try await Command().run(
            "-e", #"local j = require("cjson") print(j.encode({ 1, "a" }), j.decode('{"n":[2.5]}').n[1])"#)
        #expect(outcome.everything == "[1,\"a\"]\t2.5\n")
    }

    @Test func `Debian's lua-socket loads and works`() async throws {
        let outcome = try await Command().run(
            "-e", "local s = require('socket') print(math.abs(s.gettime() - os.time()) < 2, s.tcp() ~= nil)")
        #expect(outcome.everything == "true\ttrue\n")
    }

    @Test(arguments: [nil, "1"])
    func `a compiled module loads only where bytecode is allowed`(_ allowed: String?) async throws {
        var command = try Command()
        command.environment = ["DECART_LUA_BYTECODE": allowed]
        let outcome = try await command.run(
            "-e",
            """
            local file = assert(io.open("compiled.lua", "wb"))
            file:write(string.dump(function(...) decart.sleep(1) return "loaded " .. ... end))
            file:close()
            package.path = "./?.lua"
            print(pcall(require, "compiled"))
            """)
        if allowed == nil {
            #expect(outcome.output.hasPrefix("false\terror loading module 'compiled' from file './compiled.lua'"))
            #expect(outcome.output.contains("attempt to load a binary chunk"))
        } else {
            #expect(outcome.output == "true\tloaded compiled\t./compiled.lua\n")
        }
    }
}
