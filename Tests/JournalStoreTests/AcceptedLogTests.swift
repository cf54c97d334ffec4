import Foundation
import JobJournal
import SQLJournal
import Synchronization
import TestSupport
import Testing

/// The file that keeps ids of paid jobs while a journal cannot.
@Suite(.timeLimit(.minutes(5)))
struct AcceptedLogTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    private func log(_ journal: String = "jobs.sqlite") -> AcceptedLog {
        AcceptedLog(path: folder.file("accepted.log"), journal: journal)
    }

    private static func ids(_ changes: [JobChange]) -> [String] { changes.compactMap(\.jobID) }

    @Test func `what is taken in is taken out again, and what came meanwhile or is another journal's stays`() {
        let (mine, theirs) = (log(), log("other.sqlite"))
        #expect(mine.append(change("a", .accept, jobID: "job-a")))
        #expect(theirs.append(change("x", .accept, jobID: "job-x")))
        let (changes, done) = mine.takeIn()
        #expect(Self.ids(changes) == ["job-a"])
        #expect(mine.append(change("b", .accept, jobID: "job-b")))
        done(changes)
        #expect(Self.ids(mine.takeIn().changes) == ["job-b"])
        #expect(Self.ids(theirs.takeIn().changes) == ["job-x"])
        #expect(folder.names == ["accepted.log"])
    }

    @Test func `an id that is appended while the file is taken away is not lost with it`() async {
        let log = log()
        let taken = Taken()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { appending in
                    for number in 0..<4 {
                        appending.addTask {
                            for job in 0..<100 {
                                let name = "\(number)-\(job)"
                                #expect(log.append(change(name, .accept, jobID: name)))
                            }
                        }
                    }
                }
                taken.end()
            }
            for _ in 0..<2 {
                group.addTask {
                    while !taken.isOver {
                        let (changes, done) = log.takeIn()
                        done(changes)
                        taken.add(Self.ids(changes))
                        await Task.yield()
                    }
                }
            }
        }
        taken.add(Self.ids(log.takeIn().changes))
        #expect(taken.ids.count == 400)
    }

    private final class Taken: Sendable {
        private let state = Mutex((ids: Set<String>(), isOver: false))
        var ids: Set<String> { state.withLock { $0.ids } }
        var isOver: Bool { state.withLock { $0.isOver } }
        func add(_ ids: [String]) { state.withLock { $0.ids.formUnion(ids) } }
        func end() { state.withLock { $0.isOver = true } }
    }

    @Test func `a line for which there is no room leaves nothing of itself`() async throws {
        await #expect(processExitsWith: .success) { [path = folder.file("accepted.log") as String] in
            let log = AcceptedLog(path: path, journal: "jobs.sqlite")
            #expect(log.append(change("a", .accept, jobID: "job-a")))
            let before = try #require(FileManager.default.contents(atPath: path))
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let all = limit.rlim_cur
            limit.rlim_cur = rlim_t(before.count + 10)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #expect(!log.append(change("b", .accept, jobID: "job-b")))
            #expect(FileManager.default.contents(atPath: path) == before)
            limit.rlim_cur = all
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #expect(log.append(change("c", .accept, jobID: "job-c")))
            #expect(log.takeIn().changes.compactMap(\.jobID) == ["job-a", "job-c"])
        }
    }

    @Test func `half a line that a dead process left spoils no other`() throws {
        let log = log()
        #expect(log.append(change("a", .accept, jobID: "job-a")))
        try folder.write("accepted.log", (folder.text("accepted.log") ?? "") + #"{"acceptedAt":1,"jobI"#)
        #expect(log.append(change("b", .accept, jobID: "job-b")))
        #expect(Self.ids(log.takeIn().changes) == ["job-a", "job-b"])
    }

    @Test func `it has a place also where nothing has made the machine's folder yet`() {
        let log = AcceptedLog(path: folder.file("state/decart-lua/accepted.log"), journal: "postgres://host/jobs")
        #expect(log.append(change("a", .accept, jobID: "job-a")))
        #expect(Self.ids(log.takeIn().changes) == ["job-a"])
    }
}
