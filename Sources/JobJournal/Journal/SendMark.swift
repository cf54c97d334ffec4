/// One owner's submit of a job from the queue: it is made once. Whoever has the job later, also this process again, has
/// another fence.
struct SendMark: Hashable, Sendable {
    enum Progress: Sendable {
        /// It is being written down, or is on its way, or has its answer.
        case begun
        /// It was to be written down, and nobody knows whether it was. Nothing has left.
        case doubtful
    }

    private let submission: String
    private let fence: Int

    init(_ row: JobRow) {
        (submission, fence) = (row.submission, row.fence)
    }
}
