import LiveDocument
import ScriptRuntime
import TestSupport
import Testing

struct EventDeliveryTests {
    @Test
    func `a callback is a task of its own, which may wait`() async throws {
        let outcome = try await ModuleRun().run(
            """
            local start = document.getElementById("start")
            start.onclick = function(event)
              record(event.type .. " " .. event.target.id)
              assert(event.target == start)
              decart.sleep(1000)
              record("after a second")
            end
            press("start") press("start")
            record("main goes on")
            decart.sleep(500)
            record("main again")
            """)
        #expect(
            outcome.records == [
                "main goes on", "click start", "click start", "main again", "after a second", "after a second",
            ])
        #expect(outcome.status == .success)
    }

    @Test
    func `an input holds what was typed before its callback is called`() async throws {
        let outcome = try await ModuleRun().run(
            """
            local prompt = document.getElementById("prompt")
            prompt.oninput = function(event) record(event.value .. "=" .. prompt.value) end
            press("prompt", "input", "A") press("prompt", "input", "A sunset")
            decart.sleep(1)
            prompt.oninput = nil
            press("prompt", "input", "A sunset at sea")
            decart.sleep(1)
            record(prompt.value)
            """)
        #expect(outcome.records == ["A=A", "A sunset=A sunset", "A sunset at sea"])
    }

    @Test
    func `nothing comes of a click where nobody listens`() async throws {
        let outcome = try await ModuleRun().run(
            """
            local start = document.getElementById("start")
            press("start")
            decart.sleep(1)
            start.onclick = function() record("clicked") end
            start.disabled = true
            press("start")
            decart.sleep(1)
            start.disabled = false
            start.onclick = nil
            press("start")
            """)
        #expect(outcome.records.isEmpty)
        #expect(outcome.errors.isEmpty)
    }

    @Test
    func `an error in a callback is a task's error`() async throws {
        let outcome = try await ModuleRun().run(
            """
            document.getElementById("start").onclick = function() error("no such luck") end
            press("start")
            decart.sleep(1)
            record("main goes on")
            """)
        #expect(outcome.records == ["main goes on"])
        #expect(outcome.errors == ["test.lua:1: no such luck"])
        #expect(outcome.status == .failure)
    }

    @Test
    func `a page that may answer keeps the run alive as long as somebody listens`() async throws {
        let source = """
            local start = document.getElementById("start")
            local left = 2
            start.onclick = function()
              decart.sleep(10)
              left = left - 1
              record("clicked, left " .. left)
              if left == 0 then start:remove() end
            end
            """
        let held = try await ModuleRun(takesEvents: true, presses: ["start", "start"]).run(source)
        #expect(held.records == ["clicked, left 1", "clicked, left 0"])
        #expect(held.status == .success)
        let free = try await ModuleRun().run(source)
        #expect(free.records.isEmpty)
    }

    @Test
    func `a task that waits for a click is not stuck while there can be one`() async throws {
        let source = """
            local clicked = decart.channel(1)
            local start = document.getElementById("start")
            start.onclick = function() clicked:send("go") end
            record(clicked:receive())
            start.onclick = nil
            """
        #expect(try await ModuleRun(takesEvents: true, presses: ["start"]).run(source).records == ["go"])
        let stuck = try await ModuleRun().run(source)
        #expect(stuck.status == .failure)
        #expect(stuck.errors.first?.contains("deadlock") == true)
    }

    @Test
    func `a failed main script does not wait for clicks`() async throws {
        let outcome = try await ModuleRun(takesEvents: true).run(
            """
            document.getElementById("start").onclick = function() end
            error("no such luck")
            """)
        #expect(outcome.status == .failure)
    }
}
