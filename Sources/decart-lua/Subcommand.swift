/// What the first word of the command line may name in place of a script.
enum Subcommand: String {
    case serve, lab, test
    /// Not there yet. A script that is run by such a name now would not be any more when they are.
    case jobs, types, doctor
}
