import LuaVM
import PlainErrors
import Testing

@testable import LocalQueue
@testable import ScriptedQueue

struct TimetableTests {
    /// A Lua expression as a value.
    private func value(_ source: String) throws -> LuaValue {
        let vm = try LuaVM()
        return try vm.call(try vm.load(Array("return \(source)".utf8), name: "=test")).first ?? .nil
    }

    private func plan(_ source: String) throws -> JobPlan {
        guard case .job(let plan) = try Timetable.answer(from: try value(source)) else {
            throw MessageError("no job: \(source)")
        }
        return plan
    }

    @Test func `a job goes through its steps to the millisecond`() throws {
        let plan = try plan(#"{ { "pending", 5000 }, { "warming", 10 }, { "failed", error = "no memory" } }"#)
        #expect(
            plan.steps == [
                .init(status: "pending", lasts: 5000), .init(status: "warming", lasts: 10),
                .init(status: "failed", lasts: 0),
            ])
        #expect(plan.failure == "no memory")
        #expect(!plan.needsWorker)
    }

    @Test func `faults stand where the steps before them end`() throws {
        let plan = try plan(
            #"""
            { "cut", { "pending", 100 }, { error = 429, retryAfter = 2500, times = 2 }, { "hang", lasts = 50 },
              { "completed", 7 }, "expired" }
            """#
        )
        #expect(
            plan.faults == [
                .init(after: 0, extent: .polls(1), fault: .cut),
                .init(after: 100, extent: .polls(2), fault: .refusal(status: 429, retryAfter: 2500)),
                .init(after: 100, extent: .milliseconds(50), fault: .hang),
            ])
        #expect(plan.steps.map(\.lasts) == [150, 7])
        #expect(plan.expiresAfter == 157)
    }

    @Test func `a list is one timetable a job, or one for all`() throws {
        #expect(
            try Timetable.answers(from: try value(#"{ { { "pending", 1 }, "completed" }, { "completed" }, "hang" }"#))
                .count == 3)
        #expect(try Timetable.answers(from: try value(#"{ { "pending", 1 }, "completed" }"#)).count == 1)
        #expect(
            try Timetable.answers(from: try value(#"{ { error = 429 } }"#)) == [
                .fault(.refusal(status: 429, retryAfter: nil))
            ])
    }

    @Test(arguments: [
        (#"{ { "pending" }, "completed" }"#, "step 1 needs its milliseconds"),
        (#"{ { "pending", -1 }, "completed" }"#, "number from 0 up, not -1"),
        (#"{ { "pending", 0/0 }, "completed" }"#, "number from 0 up, not"),
        (#"{ { "pending", 1/0 }, "completed" }"#, "number from 0 up, not inf"),
        (#"{ { "pending", "5" }, "completed" }"#, "number from 0 up, not \"5\""),
        (#"{ 5000, "completed" }"#, "step 1 is 5000"),
        (#"{ { error = 200 }, "completed" }"#, "400 to 599, not 200"),
        (#"{ { error = 429, retryafter = 1 }, "completed" }"#, "no option 'retryafter'; it takes error, retryAfter"),
        (#"{ { "cut", times = 1.5 }, "completed" }"#, "whole number from 1 up"),
        (#"{ { "cut", times = 1, lasts = 1 }, "completed" }"#, "not both"),
        (#"{ "expired", "completed" }"#, "after \"expired\""),
        (#"{ "cut", "hang" }"#, "no step is a status"),
        (#"{ "pending", 5000 }"#, "a list of them"),
        ("{}", "at least one step"),
        ("true", "it is true"),
        (#"{ { "pending", 5, 6 }, "completed" }"#, "6 too many"),
        (#"{ "cut", times = 2 }"#, "neither times nor lasts"),
    ])
    func `messages say what is wrong and what is right`(source: String, complaint: String) throws {
        let given = try value(source)
        let problem = #expect(throws: MessageError.self) { try Timetable.answer(from: given) }
        #expect(problem?.message.contains(complaint) == true, "\(problem?.message ?? "")")
    }
}
