import DecartAPI
import DecartClient

/// A program that orders a video and can be stopped at any moment without losing what it has paid for.
struct VideoOrder {
    var client: DecartClient
    /// Where the id is kept once there is one: in a database, say.
    var keep: @Sendable (JobID) throws -> Void
    var kept: JobID?

    /// Submits, or goes on with the job that an earlier run has submitted, and saves the video.
    ///
    /// - Returns: the path of the file; nil: the job failed.
    func fulfil(prompt: String, file: String) async throws -> String? {
        let id: JobID
        if let kept {
            id = kept
        } else {
            let model = try ModelCatalog.find(name: "lucy-pro-t2v", kind: .video)
            let submission = Submission(model: model, inputs: ["prompt": .bytes(Array(prompt.utf8))])
            // Throws SUBMIT_UNKNOWN where the job may exist: submitting once more could mean to pay twice.
            id = try await client.queue.submit(submission).id
            try keep(id)
        }
        switch try await client.queue.poll(id) {
        case .completed(_, let video):
            try await video.save(to: file)
            return file
        case .failed:
            return nil
        }
    }
}
