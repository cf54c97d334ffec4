import Testing

/// The official Lua test suite passes under `decart-lua` file by file, as it does under the system's `lua5.4`.
@Suite(
    .timeLimit(.minutes(5)),
    .enabled(
        if: OfficialLuaSuite.isPresent,
        "Name the folder `testes` of lua/lua at tag v5.4.4 in DECART_LUA_SUITE to run Lua's own test suite."))
struct LuaSuiteTests {
    @Test(arguments: OfficialLuaSuite.files)
    func `a file of the suite passes`(_ file: String) async throws {
        let (exitCode, end) = try await OfficialLuaSuite.run(file)
        #expect(exitCode == 0, "\(end)")
    }

    @Test func `the file about the command itself passes without _port too`() async throws {
        let (exitCode, end) = try await OfficialLuaSuite.run("main.lua", portable: false)
        #expect(exitCode == 0, "\(end)")
    }
}
