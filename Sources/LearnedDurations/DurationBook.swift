internal import PlainErrors
public import PollingModel

/// What is known of all models' jobs, as one file keeps it or for one run.
///
/// Policies of the same file share it, so that a script may make a new policy for every job.
public final class DurationBook {
    public private(set) var histories: [String: DurationHistory] = [:]
    private var file: DurationFile?
    private let warn: @Sendable (String) -> Void

    /// - Parameters:
    ///   - path: the file; nil keeps nothing.
    ///   - warn: is called once for a file that cannot be used; the run goes on without it.
    public init(path: String?, warn: @escaping @Sendable (String) -> Void) {
        self.warn = warn
        guard let path else { return }
        let file = DurationFile(path: path)
        do throws(MessageError) {
            let (rows, damage) = try file.load()
            if let damage { warn(damage) }
            for (model, observations) in rows { histories[model] = DurationHistory(observations) }
            self.file = file
        } catch {
            complain(error)
        }
    }

    /// A job was not finished at that age, in milliseconds.
    public func saw(_ job: String, of model: String, runningAt age: Double) {
        histories[model, default: DurationHistory()].saw(job, runningAt: age)
    }

    /// The wait for a job is over, and may have learned something.
    public func ended(_ job: String, of model: String, _ observation: DurationObservation?) {
        histories[model, default: DurationHistory()].ended(job, observation)
        guard let observation, let file else { return }
        do throws(MessageError) {
            try file.append(DurationRecord(model: model, observation: observation))
        } catch {
            self.file = nil
            complain(error)
        }
    }

    private func complain(_ error: MessageError) {
        warn("durations are not kept: \(error.message)")
    }
}
