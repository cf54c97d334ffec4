internal import PollingModel

/// What is known of all models' jobs, as one file keeps it or for one run.
///
/// Policies of the same file share it, so that a script may make a new policy for every job.
final class DurationBook {
    private(set) var histories: [String: DurationHistory] = [:]
    private var file: DurationFile?
    private let note: @Sendable (Notice) -> Void

    /// - Parameters:
    ///   - path: the file; nil keeps nothing.
    ///   - note: is told once of a file that cannot be used; the run goes on without it.
    init(path: String?, note: @escaping @Sendable (Notice) -> Void) {
        self.note = note
        guard let path else { return }
        let file = DurationFile(path: path)
        do throws(DurationFile.Trouble) {
            let (rows, damage) = try file.load()
            if let damage { note(.warning(damage)) }
            for (model, observations) in rows { histories[model] = DurationHistory(observations) }
            self.file = file
        } catch {
            complain(error)
        }
    }

    func saw(_ job: String, of model: String, runningAt age: Double) {
        histories[model, default: DurationHistory()].saw(job, runningAt: age)
    }

    func ended(_ job: String, of model: String, _ observation: DurationObservation?) {
        histories[model, default: DurationHistory()].ended(job, observation)
        guard let observation, let file else { return }
        do throws(DurationFile.Trouble) {
            try file.append(model, observation)
        } catch {
            self.file = nil
            complain(error)
        }
    }

    private func complain(_ trouble: DurationFile.Trouble) {
        note(.warning("durations are not kept: \(trouble.message)"))
    }
}
