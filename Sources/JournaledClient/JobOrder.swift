public import DecartClient
public import JobJournal

/// A job that is to be put into the queue for whoever works there: a model, its inputs, and what else there is to say.
public struct JobOrder: Sendable {
    public var submission: Submission
    public var terms: SubmitTerms
    /// Higher ones are taken first.
    public var priority: Int

    public init(_ submission: Submission, terms: SubmitTerms = SubmitTerms(), priority: Int = 0) {
        self.submission = submission
        self.terms = terms
        self.priority = priority
    }
}
