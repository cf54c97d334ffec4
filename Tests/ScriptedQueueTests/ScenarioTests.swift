import PlainErrors
import TestSupport
import Testing

@testable import LocalQueue
@testable import ScriptedQueue

struct ScenarioTests {
    private func scenario(_ source: String, seed: UInt64? = nil) throws -> Scenario {
        let scratch = try ScratchFolder()
        return try Scenario(path: try scratch.write("s.lua", source), seed: seed)
    }

    private func job(_ number: Int, prompt: String = "A sunset") -> SubmittedJob {
        SubmittedJob(
            number: number, model: "lucy-pro-t2v", inputs: [("prompt", Array(prompt.utf8))],
            files: [.init(field: "data", name: "a.png", type: "image/png", size: 3)], time: 250)
    }

    @Test func `a scenario decides by what was submitted`() throws {
        let scenario = try scenario(
            """
            return function(job)
              assert(job.model == "lucy-pro-t2v" and job.files.data.size == 3 and job.time == 250)
              if job.inputs.prompt == "slow" then return { { "pending", 60000 }, "completed" } end
              if job.number == 2 then return { error = 429, retryAfter = 1000 } end
            end
            """)
        #expect(scenario.answer(to: job(1)) == .usual)
        #expect(scenario.answer(to: job(2)) == .fault(.refusal(status: 429, retryAfter: 1000)))
        guard case .job(let plan) = scenario.answer(to: job(3, prompt: "slow")) else {
            return #expect(Bool(false), "no job")
        }
        #expect(plan.steps.first?.lasts == 60000)
    }

    @Test(arguments: [
        ("return 5", "s.lua: the file returned a number"), ("return {", "s.lua:1: "), ("", "the file returned nothing"),
        ("local x = nil\nreturn x.y", "s.lua:2: attempt to index"),
        ("while true do end", "s.lua:1: it does not come to an end"),
    ])
    func `a file that is no scenario is refused by name`(source: String, complaint: String) throws {
        let problem = #expect(throws: MessageError.self) { _ = try scenario(source) }
        #expect(problem?.message.contains(complaint) == true, "\(problem?.message ?? "")")
    }

    @Test(arguments: [
        ("return function()\n  error('boom') end", "s.lua:2: boom"),
        ("\nreturn function() return 'a', 1 end", nil),
        (
            "\nreturn function() return { 7 } end",
            "s.lua:2: the scenario's answer to submit 1 cannot be used: step 1 is 7"
        ),
        (
            "return function() while true do pcall(function() while true do end end) end end",
            "it does not come to an end"
        ),
        (
            "return function() local co = coroutine.wrap(function() while true do end end)\n"
                + "while true do pcall(co) end end",
            "it does not come to an end"
        ),
        ("return function() local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1e6) .. i end end", "not enough memory"),
    ])
    func `an answer that cannot be used names the file and the line`(source: String, complaint: String?) throws {
        let answer = try scenario(source).answer(to: job(1))
        guard let complaint else {
            return #expect(
                answer
                    == .job(
                        {
                            var plan = JobPlan(steps: [.init(status: "a", lasts: 0)])
                            plan.needsWorker = false
                            return plan
                        }()))
        }
        guard case .plannerFailed(let message) = answer else { return #expect(Bool(false), "\(answer)") }
        #expect(message.contains(complaint), "\(message)")
    }

    @Test func `one seed gives one course of chance`() throws {
        let source = "return function() return { { 'pending', math.random(1e6) }, 'completed' } end"
        #expect(try scenario(source, seed: 5).answer(to: job(1)) == scenario(source, seed: 5).answer(to: job(1)))
        #expect(try scenario(source, seed: 5).answer(to: job(1)) != scenario(source, seed: 6).answer(to: job(1)))
    }
}
