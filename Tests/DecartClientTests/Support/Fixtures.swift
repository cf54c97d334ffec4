import DecartAPI
import RunClock
import SeededNumbers
import Testing

@testable import DecartClient

let secretKey = "dct_do_not_show_me"

func makeClient(
    _ transport: any QueueTransport, clock: any RunClock = LeapingClock(), base: String = "https://queue.test",
    maxRetries: Int = 2, memoryLimit: Int = 8 << 20
) throws -> DecartClient {
    var configuration = ClientConfiguration(
        apiKey: try APIKey(secretKey), baseURL: try BaseURL(base), maxRetries: maxRetries)
    configuration.memoryLimit = memoryLimit
    return DecartClient(configuration: configuration, transport: transport, clock: clock, chance: Chance(seed: 7))
}

func makeJob(_ id: String = "job-1") throws -> JobID { try JobID(id) }

/// A submission without files.
func sunset() throws -> Submission {
    Submission(
        model: try ModelCatalog.find(name: "lucy-pro-t2v", kind: .video),
        inputs: ["prompt": .bytes(Array("A beautiful sunset".utf8))])
}

/// The error that `body` throws.
func failure<T>(_ body: () async throws(DecartError) -> T) async throws -> DecartError {
    do throws(DecartError) {
        _ = try await body()
    } catch {
        // Whatever goes wrong, the key does not show.
        #expect(!"\(error) \(error.data) \(error.cause ?? "")".contains(secretKey))
        return error
    }
    throw Unexpected.success
}

enum Unexpected: Error { case success, noValue }
