using System.Globalization;
using System.Text.Json.Nodes;
using Quorate.Journal;
using Quorate.Journal.Heads;
using Quorate.Policies;
using Quorate.Server.Acts;
using Quorate.Server.ApiKeys;
using Quorate.Server.Audit;
using Quorate.Server.Tests.Api;
using Quorate.Server.Tests.Governance;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Errors;

/// <summary>Acts, orders, approvals, passkeys, policies, the journal.</summary>
static class GovernanceErrors
{
    internal static async Task ReachAsync(ErrorsReached reached)
    {
        await using var server = new ApiServer();
        await server.InitializeAsync();
        await server.AddKeyAsync("bobs", "bob", [Role.Admin]);
        using var http = server.Http();
        using var bob = server.Http("bobs");
        // What nodes have signed is older than what the auditor has.
        var signed = new HeadNote(await server.Store.Journal.HeadAsync(default)).ToString();
        await server.Store.Journal.AppendAsync(HeadCosigning.Stream, EventStore.AnyVersion, [HeadCosigning.Catalog.Encode(new(signed))], default);
        var head = await server.Store.Journal.HeadAsync(default);
        await reached.GetAsync(http, "nothing_new", $"/v1/audit/journal?position={head.Position}&hash={head.Hash}");
        await reached.PostAsync(http, "invalid_document", "/v1/acts", new { document = new { } });
        await reached.PostAsync(http, "expired", "/v1/acts", new { document = Act(DateTimeOffset.UtcNow.AddMinutes(-1)) });

        var act = await reached.PostAsync(http, "", "/v1/acts", new { document = Act(DateTimeOffset.UtcNow.AddDays(1)) });
        var (id, hash) = ((string)act["id"]!, Hex((string)act["hash"]!));
        await reached.PostAsync(http, "approval_refused", $"/v1/acts/{id}:approve", new { approval = JsonNode.Parse(Acme.Approval("bob", Hash("another")).GetRawText()) });
        await reached.GetAsync(bob, "no_passkey", $"/v1/passkeys/options/{id}");
        var options = (await reached.GetAsync(http, "", "/v1/passkeys/registration"))["options"]!;
        var stranger = new BrowserPasskey("wallet.example.org", "https://wallet.example.org");
        await reached.PostAsync(http, "unknown_passkey", "/v1/passkeys/assertions", new { subject = id, credential = stranger.Create(options.DeepClone()) });
        var elsewhere = new BrowserPasskey("wallet.example.org", "https://elsewhere.example.org");
        await reached.PostAsync(http, "registration_refused", "/v1/passkeys/registration:verify",
            new { device = "tablet", challenge = (string)options["challenge"]!, credential = elsewhere.Create(options.DeepClone()) });
        foreach (var some in Enumerable.Range(0, ApprovalSet.MaxApprovals).Chunk(100))
            await server.Store.Journal.AppendAsync(Server.Acts.Act.Decider.StreamOf(id), EventStore.AnyVersion,
                [.. some.Select(i => ActEvent.Catalog.Encode(new ActEvent.ActApproved(DateTimeOffset.UtcNow, $"somebody-{i}", "phone", Json("{}"))))], default);
        await reached.PostAsync(http, "too_many_approvals", $"/v1/acts/{id}:approve", new { approval = JsonNode.Parse(Acme.Approval("bob", hash).GetRawText()) });

        await reached.PostAsync(http, "", "/v1/ceremonies", new { order = Order("node-1") });
        await reached.PostAsync(http, "ceremony_order_taken", "/v1/ceremonies", new { order = Order("node-2") });

        var draft = (string)(await reached.PostAsync(http, "", "/v1/policies", new { document = Policy }))["id"]!;
        await reached.PostAsync(http, "", $"/v1/policies/{draft}:test", new { });
        await reached.PostAsync(http, "backdated", $"/v1/policies/{draft}:propose", new { });
    }

    static Digest Hex(string text) => Digest.TryParse(text, out var digest) ? digest : throw new FormatException(text);

    static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    static JsonObject Act(DateTimeOffset expiresAt) => new()
    {
        ["quorateAct"] = 1, ["previous"] = Acme.Genesis().Hash.ToString(), ["number"] = 1, ["expiresAt"] = Time(expiresAt),
        ["change"] = new JsonObject { ["administrators"] = new JsonObject { ["threshold"] = 1, ["members"] = new JsonArray("alice", "bob") } },
    };

    static JsonObject Order(string node) => new()
    {
        ["quorateCeremony"] = 1, ["deployment"] = Acme.Genesis().Hash.ToString(), ["id"] = "twice", ["expiresAt"] = Time(DateTimeOffset.UtcNow.AddDays(1)),
        ["ceremony"] = new JsonObject { ["backup"] = new JsonObject { ["nodes"] = new JsonArray(node) } },
    };

    // An entry that is new, and older than today.
    static JsonObject Policy => new()
    {
        ["quoratePolicy"] = 1, ["name"] = "backdated",
        ["addressBook"] = new JsonObject
        {
            ["fresh"] = new JsonObject
            {
                ["activationDelaySeconds"] = 86_400, ["entries"] = new JsonArray(new JsonObject { ["account"] = $"{WalletScene.Chain}:{WalletScene.Recipient}", ["addedAt"] = "2020-01-01T00:00:00Z" }),
            },
        },
        ["rules"] = new JsonArray(new JsonObject { ["id"] = "pay", ["effect"] = "allow", ["what"] = new JsonArray(new JsonObject { ["kind"] = "transfer", ["recipients"] = new JsonArray("@fresh") }) }),
    };
}
