/// The moments between the steps of a submit and of what follows: where a test ends the process.
public enum SubmitStep: String, Sendable, CaseIterable {
    case checked, intentWritten, replied, acceptedWritten, changeWritten, downloadBegins, resultSaved, sidecarWritten,
        fetchWritten
}
