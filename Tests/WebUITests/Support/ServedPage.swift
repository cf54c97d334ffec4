import Foundation
import LiveDocument
import RunClock
import Synchronization
import TestSupport

@testable import WebUI

/// A page that is served to a test's body; the test is the script.
final class ServedPage: Sendable {
    let hub: PageHub
    let address: String
    /// What people have done, in order.
    let events: AsyncStream<DocumentEvent>
    private let document = Mutex(LiveDocument())
    private let configuration: PageServer.Configuration
    private let serving = Mutex<RunningService<String>?>(nil)
    private let notesSaid: Notes

    final class Notes: Sendable {
        let all = Mutex<[String]>([])
        let told: AsyncStream<String>
        private let teller: AsyncStream<String>.Continuation

        init() { (told, teller) = AsyncStream.makeStream(of: String.self) }

        func say(_ note: String) {
            all.withLock { $0.append(note) }
            teller.yield(note)
        }
    }

    /// What was said on stderr.
    var notes: [String] { notesSaid.all.withLock { $0 } }
    /// The same, as it is said.
    var told: AsyncStream<String> { notesSaid.told }

    private init(
        hub: PageHub, configuration: PageServer.Configuration, events: AsyncStream<DocumentEvent>, notes: Notes,
        serving: RunningService<String>
    ) {
        self.hub = hub
        address = serving.address
        self.configuration = configuration
        self.events = events
        notesSaid = notes
        self.serving.withLock { $0 = serving }
    }

    private static func serve(
        _ hub: PageHub, _ configuration: PageServer.Configuration
    ) async throws -> RunningService<String> {
        try await RunningService.start { logger, ready in
            PageServer(configuration: configuration, hub: hub, logger: logger, onReady: ready)
        }
    }

    /// Nobody can reach the page, until `serveAgain`.
    func stopServing() async throws {
        try await serving.withLock { $0 }?.stop()
    }

    func serveAgain() async throws {
        let serving = try await Self.serve(hub, configuration)
        self.serving.withLock { $0 = serving }
    }

    static func with<Value: Sendable>(
        page: String? = nil, clock: any RunClock = SystemClock(), pageLimit: Int = 256, holdsEvents: Bool = false,
        _ body: (ServedPage) async throws -> Value
    ) async throws -> Value {
        let (events, seen) = AsyncStream.makeStream(of: DocumentEvent.self)
        let notes = Notes()
        let hub = PageHub(
            clock: clock, pageLimit: pageLimit,
            onEvent: { event, taken in
                seen.yield(event)
                if !holdsEvents { taken() }
            },
            note: { notes.say($0) })
        var configuration = PageServer.Configuration(page: page, title: "test.lua")
        let serving = try await serve(hub, configuration)
        configuration.port = URL(string: serving.address)?.port ?? 0
        let served = ServedPage(
            hub: hub, configuration: configuration, events: events, notes: notes, serving: serving)
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body(served))
        } catch {
            outcome = .failure(error)
        }
        try await served.stopServing()
        return try outcome.get()
    }

    /// Changes the document, and shows it.
    @discardableResult
    func show<Result>(_ change: (inout LiveDocument) -> Result) -> Result {
        document.withLock { document in
            let known = document.sequence
            let result = change(&document)
            if let patch = document.patch(since: known) { hub.publish(patch) }
            return result
        }
    }

    /// The next thing that somebody does.
    func nextEvent() async -> DocumentEvent? { await events.first { _ in true } }
}

extension LiveDocument {
    /// What scripts write as `getElementById(name)[property] = value`.
    mutating func set(_ name: String, _ property: ElementProperty, _ value: PropertyValue?) {
        set(property, of: element(named: name), to: value)
    }
}
