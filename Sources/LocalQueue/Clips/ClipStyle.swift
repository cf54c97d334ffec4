import SeededNumbers

/// The visual style of a rendered clip, as `ffmpeg` filters: the prompt decides colours and shapes, the job the details.
struct ClipStyle {
    /// The source filter of a generated picture.
    let picture: String
    /// Filters for that picture.
    let pictureFilters: [String]
    /// Filters for an upload.
    let treatment: [String]
    /// Scale an upload to the model's size without distorting it.
    let fitting: [String]

    private let size: String
    private let fps: Int
    private let height: Int

    init(for order: ClipOrder) {
        var byPrompt = SplitMix64(seed: UInt64(CRC32.of(order.prompt.utf8)))
        var byJob = SplitMix64(seed: UInt64(CRC32.of(order.jobID.utf8)))
        let hue = Int.random(in: 0..<360, using: &byPrompt)
        let shape = Int.random(in: 0..<3, using: &byPrompt)
        let effect = Int.random(in: 0..<3, using: &byPrompt)
        let seed = UInt32.random(in: 0...UInt32.max, using: &byJob)
        size = "\(order.width)x\(order.height)"
        fps = order.fps
        height = order.height
        let colours = [0, 40, 170, 210].map { Self.colour(hue: (hue + $0) % 360) }
        switch shape {
        case 0:
            let list = colours.enumerated().map { "c\($0)=\($1)" }.joined(separator: ":")
            picture = "gradients=s=\(size):r=\(fps):n=4:\(list):speed=0.02:seed=\(seed)"
            pictureFilters = []
        case 1:
            picture =
                "mandelbrot=s=\(size):r=\(fps):maxiter=300:start_scale=0.4:end_scale=0.02:end_pts=\(fps * 3)"
                + ":start_x=-0.7436438870371587:start_y=0.131825904205311"
            pictureFilters = ["hue=h=\(hue + Int(seed % 30)):s=1.4"]
        default:
            let cells = "\(max(8, order.width / 4))x\(max(8, order.height / 4))"
            picture =
                "life=s=\(cells):r=\(fps):mold=20:ratio=0.35:seed=\(seed):life_color=\(colours[0])"
                + ":death_color=\(colours[2]):mold_color=\(Self.colour(hue: hue, value: 0.2))"
            pictureFilters = ["scale=\(order.width):\(order.height):flags=neighbor"]
        }
        treatment =
            switch effect {
            case 0: ["hue=h=\(hue):s=1.4"]
            case 1: ["edgedetect=mode=colormix:high=0.1", "hue=h=\(hue)"]
            default: ["negate", "hue=h=\(hue):s=1.2"]
            }
        fitting = [
            "scale=\(order.width):\(order.height):force_original_aspect_ratio=increase",
            "crop=\(order.width):\(order.height)", "setsar=1",
        ]
    }

    /// Turn one picture into a slow zoom.
    func zoom(seconds: Int) -> [String] {
        ["zoompan=z='1+0.004*on':d=\(seconds * fps):x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':s=\(size):fps=\(fps)"]
    }

    /// Draws the text of that file at the bottom of the picture. Its name has letters, digits, `-`, `_` and `.` only.
    func caption(file: String) -> String {
        "drawtext=textfile=\(file):expansion=none:fontcolor=white:fontsize=\(max(10, height / 16)):line_spacing=4"
            + ":box=1:boxcolor=black@0.5:boxborderw=8:x=(w-text_w)/2:y=h-text_h-\(max(10, height / 16))"
    }

    private static func colour(hue: Int, value: Double = 0.95) -> String {
        func channel(_ offset: Double) -> Int {
            let position = (offset + Double(hue) / 60).truncatingRemainder(dividingBy: 6)
            return Int(255 * value * (1 - 0.75 * max(0, min(position, 4 - position, 1))))
        }
        let number = channel(5) << 16 | channel(3) << 8 | channel(1)
        let digits = String(number, radix: 16)
        return "0x" + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
