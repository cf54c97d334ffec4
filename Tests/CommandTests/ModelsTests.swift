import Foundation
import TestSupport
import Testing

/// The models as `decart-lua models` and `decart.models.list()` have them.
@Suite(.timeLimit(.minutes(5)))
struct ModelsTests {
    private struct Listing: Decodable {
        struct Model: Decodable {
            struct Input: Decodable, Equatable {
                var name: String
                var type: String
                var required: Bool
                var choices: [String]?
            }
            struct Price: Decodable {
                var perSecond: Double?
                var perPicture: [String: Double]?
                var read: String
            }

            var name: String
            var kind: String
            var state: String
            var width: Int?
            var height: Int?
            var inputs: [Input]
            var exactlyOneOf: [String]?
            var price: Price?
        }

        var models: [Model]
    }

    private func models(_ words: String..., prices: String? = nil) async throws -> [Listing.Model] {
        var command = try Command()
        if let prices {
            try command.scratch.write("config/decart-lua/prices.json", prices)
            command.environment["XDG_CONFIG_HOME"] = command.scratch.file("config")
        }
        let outcome = try await command.run(["models", "--json"] + words)
        #expect(outcome.exitCode == 0 && outcome.errors == "", "\(outcome.errors)")
        return try JSONDecoder().decode(Listing.self, from: Data(outcome.output.utf8)).models
    }

    @Test func `a model is listed with its inputs, its size and its price`() async throws {
        let all = try await models()
        #expect(all.count == 57)
        let restyle = try #require(all.first { $0.name == "lucy-restyle-2" && $0.kind == "video" })
        #expect(restyle.width == 1280 && restyle.height == 704)
        #expect(restyle.price?.perSecond == 0.01)
        #expect(restyle.exactlyOneOf == ["prompt", "reference_image"])
        #expect(restyle.inputs.first { $0.name == "data" } == .init(name: "data", type: "video", required: true))
        #expect(restyle.inputs.first { $0.name == "resolution" }?.choices == ["720p"])
        let image = try #require(all.first { $0.name == "lucy-image-2" })
        #expect(image.price?.perPicture == ["480p": 0.01, "720p": 0.02])
        #expect(all.filter { $0.kind == "realtime" }.allSatisfy { $0.inputs.isEmpty && $0.price == nil })
    }

    @Test func `scripts are told the same`() async throws {
        let script = """
            local lines = {}
            for _, model in ipairs(decart.models.list()) do
              local inputs = {}
              for i, input in ipairs(model.inputs) do inputs[i] = input.name .. (input.required and "*" or "") end
              lines[#lines + 1] = ("%s %s %s %s"):format(model.name, model.kind, table.concat(inputs, ","),
                model.price and model.price.perSecond or "-")
            end
            print(table.concat(lines, "\\n"))
            """
        let outcome = try await Command().run("-e", script)
        let expected = try await models().map { model in
            let inputs = model.inputs.map { $0.name + ($0.required ? "*" : "") }.joined(separator: ",")
            return "\(model.name) \(model.kind) \(inputs) \(model.price?.perSecond.map { "\($0)" } ?? "-")\n"
        }
        #expect(outcome.output == expected.joined(), "\(outcome.errors)")
    }

    @Test func `a user's own prices are shown`() async throws {
        let own = #"{"read": "2026-09-01", "prices": {"/v1/jobs/lucy-2.6": {"perSecond": 0.07}}}"#
        let found = try await models("lucy-2.6", prices: own)
        #expect(found.map(\.kind) == ["video", "realtime"])
        #expect(found[0].price?.perSecond == 0.07 && found[0].price?.read == "2026-09-01")
    }

    @Test func `people see a table, and one model with its rules`() async throws {
        let table = try await Command().run("models")
        #expect(table.exitCode == 0)
        let lines = table.output.split(separator: "\n")
        #expect(lines.count == 59 && lines[0].hasPrefix("NAME"))
        #expect(lines.contains { $0.contains(#/^lucy-2\.5 +video +current +1280×720 +\$0\.04/s +prompt,/#) })
        let one = try await Command().run("models", "lucy-restyle-2")
        #expect(one.output.contains(/\n  data +required  a video\n/))
        #expect(one.output.contains("exactly one of prompt and reference_image"))
    }

    @Test func `a name that no model has is answered with those like it`() async throws {
        let outcome = try await Command().run("models", "lucy-restile-2")
        #expect(outcome.exitCode == 1)
        #expect(outcome.output == "" && outcome.errors.contains("lucy-restyle-2"), "\(outcome.errors)")
    }
}
