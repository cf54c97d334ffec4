import Testing
import ScriptRuntime
import LuaVM
import RunClock
import NIOCore
import NIOPosix
@Test func smoke() async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let runtime = try ScriptRuntime(loop: group.next(), clock: VirtualClock(mode: .automatic)) { print("REPORT", $0) }
    try await runtime.loadPrelude()
    let src = """
    local decart = require("decart")
    print("start", decart.now())
    decart.sleep(3600000)
    print("slept", decart.now())
    local t = decart.spawn(function() decart.sleep(10) return 1, 2, 3 end)
    print(t:await())
    print(t.status)
    local r = decart.map({1,2,3}, function(i) decart.sleep(10 * i) return i * i end)
    print(r[1], r[2], r[3], r.n)
    for v in coroutine.wrap(function() for i = 1, 3 do decart.sleep(5) coroutine.yield(i) end end) do print(v, decart.now()) end
    print(pcall(function() decart.sleep() end))
    print(pcall(table.sort, {3,2,1}, function(a,b) decart.sleep(1) return a < b end))
    local id; local n = 0
    id = setInterval(function() n = n + 1 print("tick", n, decart.now()) if n == 3 then clearInterval(id) end end, 1000)
    local ok, e = pcall(decart.timeout, 100, function() decart.sleep(1000) end)
    print(ok, e)
    print(decart.exec({"echo", "hi"}).stdout)
    decart.spawn(function() error("boom") end)
    """
    let chunk = try await runtime.compile(Array(src.utf8), name: "=smoke")
    let status = await runtime.run(chunk)
    print(status)
}
