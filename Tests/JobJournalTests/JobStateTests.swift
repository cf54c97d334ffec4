import DecartAPI
import JobJournal
import Testing

@Suite struct JobStateTests {
    @Test(
        "A job goes from state to state as the table says",
        arguments: [
            (.claimed, .release, .wanted), (.sending, .accept, .accepted), (.accepted, .run, .running),
            (.accepted, .complete, .completed), (.running, .complete, .completed), (.completed, .fetch, .fetched),
            (.completed, .consume, .consumed), (.sending, .refuse, .refused), (.sending, .lose, .unknown),
            (.unknown, .accept, .accepted), (.abandoned, .accept, .accepted), (.unknown, .abandon, .abandoned),
            (.running, .fail, .failed), (.completed, .expire, .expired), (.sending, .fetch, .fetched),
            (.consumed, .fetch, .fetched), (.wanted, .forget, .forgotten),
        ] as [(JobState, JobEvent, JobState)])
    func follows(from: JobState, event: JobEvent, to: JobState) {
        #expect(from.after(event) == to)
    }

    @Test(
        "News that comes too late, or makes no sense, changes nothing",
        arguments: [
            (.completed, .run), (.fetched, .run), (.fetched, .complete), (.refused, .accept), (.failed, .complete),
            (.accepted, .refuse), (.accepted, .abandon), (.fetched, .expire), (.failed, .fetch), (.accepted, .lose),
            (.running, .forget), (.sending, .forget), (.claimed, .forget), (.wanted, .send),
        ] as [(JobState, JobEvent)])
    func stays(state: JobState, event: JobEvent) {
        #expect(state.after(event) == nil)
    }

    @Test("Nothing leads from unknown to sending: no machine sends it again")
    func neverAgain() {
        for event in JobEvent.allCases { #expect(JobState.unknown.after(event) != .sending) }
        for event in JobEvent.allCases where event.target == .sending {
            #expect(event.sources == [.claimed])
        }
    }
}

@Suite struct KeyRuleTests {
    private func row(_ state: JobState, content: String = "c", account: String = "a") -> JobRow {
        JobRow(
            id: "id", submission: "s", content: content, server: "https://s", account: account, model: "m", inputs: [:],
            files: [], state: state, period: "2026-08-01", charge: .zero, createdAt: 0)
    }

    private func verdict(_ row: JobRow?, alive: Bool = true, twice: Bool = false) -> KeyRule {
        .verdict(on: row, content: "c", account: "a", isOwnerAlive: alive, paysTwice: twice)
    }

    @Test("A new key, and one that was given free, is a new job")
    func insert() {
        #expect(verdict(nil) == .insert)
        for state in [JobState.refused, .abandoned, .forgotten] {
            #expect(verdict(row(state, content: "other", account: "other")) == .insert)
        }
    }

    @Test("A known key is its job, whatever became of it", arguments: JobState.allCases)
    func attach(state: JobState) {
        switch state {
        case .refused, .abandoned, .forgotten: break
        case .wanted, .claimed, .sending: #expect(verdict(row(state)) == .wait)
        case .unknown: #expect(verdict(row(state)) == .unknown)
        default: #expect(verdict(row(state)) == .attach)
        }
    }

    @Test("Another content or account conflicts, the account first")
    func conflicts() {
        #expect(verdict(row(.fetched, content: "other")) == .conflict(.content))
        #expect(verdict(row(.fetched, content: "other", account: "other")) == .conflict(.account))
    }

    @Test("What a dead process was sending is unknown, and moves its key only to pay twice")
    func deadOwner() {
        #expect(verdict(row(.sending), alive: false) == .unknown)
        #expect(verdict(row(.sending), alive: false, twice: true) == .replace)
        #expect(verdict(row(.unknown), twice: true) == .replace)
        #expect(verdict(row(.sending), twice: true) == .wait)
        #expect(verdict(row(.accepted), twice: true) == .attach)
    }
}
