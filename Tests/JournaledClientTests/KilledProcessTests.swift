import DecartAPI
import DecartClient
import Foundation
import JobJournal
import JournaledClient
import SQLJournal
import SeededNumbers
import Synchronization
import TestSupport
import Testing

/// A moment at which a process is killed on its way from a submit to a saved result.
enum KillPoint: Hashable, Sendable, Codable, CustomStringConvertible {
    case step(String)
    case queue(String)
    /// Around its commit of that number.
    case commit(Int, isCommitted: Bool)

    static var all: [KillPoint] {
        SubmitStep.allCases.map { .step($0.rawValue) } + CountingQueue.Moment.allCases.map { .queue($0.rawValue) }
            + (1...4).flatMap { [.commit($0, isCommitted: false), .commit($0, isCommitted: true)] }
    }

    var description: String {
        switch self {
        case .step(let name), .queue(let name): name
        case .commit(let number, let isCommitted): "\(isCommitted ? "after" : "before") commit \(number)"
        }
    }
}

/// What a user's program does: a submit under a key, its id told to a log, its result saved.
private func makeClip(in folder: String, key: String, dyingAt point: KillPoint? = nil) async throws {
    @Sendable func die() { kill(getpid(), SIGKILL) }
    let commits = Mutex(0)
    let queue = CountingQueue("\(folder)/posts") { moment in
        if point == .queue(moment.rawValue) { die() }
    }
    let shop = try Shop(
        in: folder, queue: queue, step: { if point == .step($0.rawValue) { die() } },
        commit: { isCommitted in
            let number = commits.withLock { commits in
                if !isCommitted { commits += 1 }
                return commits
            }
            if point == .commit(number, isCommitted: isCommitted) { die() }
        })
    let job = try await shop.client.submit(try Shop.clip(key), Shop.terms { $0.key = key })
    CountingQueue.append("\(job.reply.id)\n", to: "\(folder)/seen")
    _ = try await shop.client.status(job.reply.id)
    _ = try await shop.client.result(job.reply.id, to: .path("\(folder)/\(key).mp4"))
    await shop.journal.finish(endedWell: true)
}

@Suite(.timeLimit(.minutes(5)))
struct KilledProcessTests {
    @Test("A process killed at any step, and started again, pays once and loses nothing", arguments: KillPoint.all)
    func killedAt(point: KillPoint) async throws {
        let folder = try ScratchFolder()
        let path = folder.path
        await #expect(processExitsWith: .signal(SIGKILL), "\(point) is not on the way") {
            [path = path as String, point = point as KillPoint] in
            try await makeClip(in: path, key: "shot", dyingAt: point)
        }
        try await check(folder, keys: ["shot"])
    }

    /// 200 of them with `DECART_KILLS=200`.
    @Test("A process killed at any time under load pays once for each job and loses nothing")
    func killedAtRandom() async throws {
        let kills = ProcessInfo.processInfo.environment["DECART_KILLS"].flatMap { Int($0) } ?? 4
        var numbers = SplitMix64(seed: 12)
        for _ in 0..<kills {
            let folder = try ScratchFolder()
            let delay = Int(numbers.next() % 30_000)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = folder.path as String, delay = delay as Int] in
                // From outside, as it were: the work knows nothing of it.
                Thread.detachNewThread {
                    while !FileManager.default.fileExists(atPath: "\(path)/jobs.sqlite") { usleep(50) }
                    usleep(UInt32(delay))
                    kill(getpid(), SIGKILL)
                }
                while true {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<16 {
                            group.addTask { try await makeClip(in: path, key: "shot-\(number)") }
                        }
                        try await group.waitForAll()
                    }
                }
            }
            try await check(folder, keys: (0..<16).map { "shot-\($0)" })
        }
    }

    /// Starts again, and looks at what the independent count, the log and the journal say then.
    private func check(_ folder: ScratchFolder, keys: [String]) async throws {
        let before = CountingQueue.jobs(in: folder.file("posts"))
        var unknown: [String] = []
        for key in keys {
            do {
                try await makeClip(in: folder.path, key: key)
            } catch let error as DecartError {
                #expect(error.code == .submitUnknown)
                unknown.append(key)
            }
        }
        let posts = CountingQueue.jobs(in: folder.file("posts"))
        let rows = try await Shop(in: folder.path).rows()
        // Each key was posted once, but for one that was never sent and may not be sent now.
        let sent = keys.count - unknown.count
        #expect(posts.count >= sent && posts.count <= keys.count)
        #expect(Set(posts).count == posts.count)
        #expect(rows.count { $0.state == .unknown } == unknown.count)
        // Whatever was posted is charged.
        #expect(rows.count { $0.charge == Shop.clipCost } == keys.count)
        // An id that the program had seen is in the journal, and its result is there.
        let known = Set(rows.compactMap(\.jobID))
        let seen = Set(CountingQueue.jobs(in: folder.file("seen")))
        #expect(seen.isSubset(of: known))
        for key in keys where !unknown.contains(key) {
            let id = try #require(rows.first { $0.key == key }?.jobID)
            #expect(folder.text("\(key).mp4") == id)
            #expect(rows.first { $0.key == key }?.state == .fetched)
            #expect(folder.bytes("\(key).mp4.json") != nil)
        }
        #expect(before.count <= posts.count)
        #expect(!folder.names.contains { $0.contains(".damaged") })
    }

    @Test("Eight processes at once do not pass a cap together")
    func capOfMany() async throws {
        let folder = try ScratchFolder()
        let path = folder.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    await #expect(processExitsWith: .success) { [path = path as String, number = number as Int] in
                        let shop = try Shop(in: path, dayCap: Money(micros: 20 * 160_000))
                        for job in 0..<8 {
                            do {
                                _ = try await shop.client.submit(try Shop.clip("\(number)-\(job)"), Shop.terms())
                            } catch let error as DecartError where error.code == .overBudget {}
                        }
                        await shop.journal.finish(endedWell: true)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(CountingQueue.jobs(in: folder.file("posts")).count == 20)
        let spent = try await Shop(in: path).store.spend(account: nil, run: nil, today: "2020-01-01", caps: [])
        #expect(spent.day == Money(micros: 20 * 160_000))
    }
}
