using Quorate.Chains;
using Quorate.Cryptography.Derivation;
using Quorate.Journal;
using Quorate.Node.Gate;
using Quorate.Node.Governance;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Gate;

/// <summary>The same at another fee, within what was approved: without new approvals, and nothing else.</summary>
public sealed class ReplacementTests : IAsyncLifetime
{
    static readonly PartySet quorum = new([new(1), new(2)]);

    readonly Deployment acme = new();
    readonly Clock clock = new(Deployment.Start);
    readonly string folder = Directory.CreateTempSubdirectory("quorate-replace").FullName;
    readonly SigningRequest original;
    NodeJournal journal = null!;
    ReleaseGate gate = null!;
    int sessions;

    public ReplacementTests() => original = acme.Request();

    public async Task InitializeAsync()
    {
        await OpenAsync();
        Assert.Null(await new NodeGovernance(journal, acme.Id("node-1"), clock).InstallAsync(acme.Genesis, default));
        using var turn = await journal.TakeTurnAsync(default);
        await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion, Deployment.Keyed(acme.Wallet), default);
    }

    public async Task DisposeAsync()
    {
        await journal.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    async Task OpenAsync()
    {
        journal = await NodeJournal.OpenAsync(await EventStore.OpenSqliteAsync(Path.Combine(folder, "journal.db"), new() { Time = clock }), default);
        gate = new(journal, Deployment.Judges, clock);
    }

    static byte[] At(ulong gwei, Amount? amount = null, string to = Deployment.Supplier, ulong nonce = 0, ulong gas = 21_000) =>
        Deployment.Payment(amount ?? Deployment.Ether / 2, to, nonce, gwei: gwei, gas: gas);

    SigningRequest Replacing(byte[] payment, string request = "req_2", SigningRequest? of = null, Bip32Path? path = null) =>
        acme.Replacing(of ?? original, payment, request, path);

    async Task<Ruling.Permit> PermitAsync(SigningRequest request) => Assert.IsType<Ruling.Permit>(await gate.RuleAsync(request, default));

    async Task<string> RefusedAsync(Refusal reason, SigningRequest request)
    {
        var refused = Assert.IsType<Ruling.Refused>(await gate.RuleAsync(request, default));
        Assert.Equal(reason, refused.Reason);
        return refused.Detail;
    }

    async Task<Ruling.Refused?> LendAsync(Ruling.Permit permit) =>
        await gate.OpenSessionAsync(permit, 0, SessionId.Derive(BitConverter.GetBytes(++sessions)), quorum, default);

    Amount Spent() => journal.State.Ledger.Counters.Select(name => journal.State.Ledger.Usage(name, new CounterWindow.Fixed(CalendarPeriod.Day, TimeZoneInfo.Utc), clock.GetUtcNow()))
        .Aggregate(Amount.Zero, (sum, used) => sum + used);

    [Fact]
    public async Task The_same_at_a_higher_fee_takes_no_new_approval_and_is_counted_once()
    {
        Assert.Null(await LendAsync(await PermitAsync(original)));
        foreach (var gwei in (ulong[])[33, 40, 475])
        {
            var permit = await PermitAsync(Replacing(At(gwei), $"at_{gwei}"));
            Assert.NotEqual(original.Intent.Signatures[0].Payload.ToArray(), permit.Inputs[0].Payload.ToArray());
            Assert.Null(await LendAsync(permit));
        }
        Assert.Equal(Deployment.Ether / 2, Spent());
        Assert.Empty(journal.State.Pending);
        Assert.Equal(3, (await gate.ReadAsync(original.Intent, default)).State.Replacements);
    }

    [Fact]
    public async Task A_node_that_has_not_seen_the_original_judges_it_first()
    {
        // Of another quorum: all it ever hears of is the replacement.
        var permit = await PermitAsync(Replacing(At(40)));
        Assert.Equal(original.Intent.Hash, (await gate.ReadAsync(original.Intent, default)).State.Intent);
        Assert.Equal(Deployment.Ether / 2, Spent());
        // Its signature may exist, so what the original has reserved is spent, and not given back when that expires.
        Assert.Null(await LendAsync(permit));
        clock.Now += TimeSpan.FromHours(2);
        await RefusedAsync(Refusal.Expired, original);
        Assert.Equal(Deployment.Ether / 2, Spent());
    }

    [Fact]
    public async Task Without_the_originals_approvals_there_is_no_replacement()
    {
        await RefusedAsync(Refusal.NeedsApprovals, Replacing(At(40)) with { Approvals = [] });
        var wanted = acme.Request(At(30, Deployment.Ether * 2), acme.IntentOf(At(30, Deployment.Ether * 2), "big"), "alice");
        await RefusedAsync(Refusal.NeedsApprovals, Replacing(At(40, Deployment.Ether * 2), "bigger", wanted));
        Assert.Equal(Amount.Zero, Spent());
    }

    [Fact]
    public async Task Nothing_but_the_fee_may_differ()
    {
        foreach (var (payment, i) in ((byte[][])[
            At(40, Deployment.Ether / 4), At(40, to: Deployment.Stranger), At(40, nonce: 1), At(40, gas: 21_001), At(477), Deployment.Payment(Deployment.Ether / 2, data: [1])]).Select((p, i) => (p, i)))
            await RefusedAsync(Refusal.NotAReplacement, Replacing(payment, $"other_{i}"));
        // The same bytes from another of the wallet's accounts are another payment.
        Assert.Contains("Another account", await RefusedAsync(Refusal.NotAReplacement, Replacing(At(40), "other_account", path: new(0, 8))), StringComparison.Ordinal);
        Assert.Equal(Deployment.Ether / 2, Spent());
    }

    [Fact]
    public async Task An_intent_that_is_no_replacement_does_not_pass_for_one()
    {
        var honest = Replacing(At(40));
        // Without what it replaces; with something else; a replacement of a replacement; under the original's own request.
        await RefusedAsync(Refusal.NotAReplacement, honest with { Original = null });
        var second = acme.Request("req_9", nonce: 9);
        await RefusedAsync(Refusal.NotAReplacement, honest with { Original = new(second.Intent, second.Payload), Approvals = second.Approvals });
        await RefusedAsync(Refusal.NotAReplacement, new(acme.IntentOf(At(40), "req_3"), honest.Payload, original.Approvals, honest.Original));
        await RefusedAsync(Refusal.NotAReplacement, honest with { Original = new(honest.Intent, honest.Payload) });
        var chained = new Intent("acme", "treasury", 0, honest.Intent.Chain, honest.Intent.Transaction, honest.Intent.Signatures, "req_4", "alice",
            honest.Intent.MaxFee, honest.Intent.ExpiresAt, honest.Intent.Hash);
        await RefusedAsync(Refusal.NotAReplacement, new(chained, honest.Payload, original.Approvals, new(honest.Intent, honest.Payload)));
        // What was permitted once may be asked for again, and by nobody for something else.
        await PermitAsync(honest);
        await PermitAsync(honest);
        await RefusedAsync(Refusal.RequestReused, Replacing(At(50)));
    }

    [Fact]
    public async Task What_stops_the_original_stops_its_replacements()
    {
        await PermitAsync(original);
        var permit = await PermitAsync(Replacing(At(40)));
        clock.Now += TimeSpan.FromHours(1);
        await RefusedAsync(Refusal.Expired, Replacing(At(50), "req_3"));
        Assert.Equal(Refusal.Expired, (await LendAsync(permit))!.Reason);
        await RefusedAsync(Refusal.Expired, Replacing(At(40)));
        Assert.Equal(Amount.Zero, Spent());
        Assert.Empty(journal.State.Pending);
    }

    [Fact]
    public async Task There_is_an_end_to_replacements()
    {
        for (var i = 0; i < Judgement.MaxReplacements; i++)
            await PermitAsync(Replacing(At(31 + (ulong)i), $"again_{i}"));
        await RefusedAsync(Refusal.TooMany, Replacing(At(400), "once_more"));
        await PermitAsync(Replacing(At(31), "again_0"));
    }

    [Fact]
    public async Task Requests_that_replace_each_other_do_not_wait_for_each_other()
    {
        var other = acme.Request("req_2", nonce: 3);
        var asked = Enumerable.Range(0, 40).Select(i => i % 2 == 0
            ? gate.RuleAsync(Replacing(At(40), "req_2"), default)
            : gate.RuleAsync(Replacing(At(40, nonce: 3), "req_1", other), default)).ToArray();
        var ruled = await Task.WhenAll(asked).WaitAsync(TimeSpan.FromSeconds(30));
        // Whoever came first has both names.
        Assert.Single(ruled.Take(2), ruling => ruling is Ruling.Permit);
    }

    [Fact]
    public async Task What_was_decided_survives_a_restart()
    {
        var permit = await PermitAsync(Replacing(At(40)));
        Assert.Null(await LendAsync(permit));
        await journal.DisposeAsync();
        await OpenAsync();
        Assert.Equal(Deployment.Ether / 2, Spent());
        Assert.Empty(journal.State.Pending);
        Assert.Null(await LendAsync(await PermitAsync(Replacing(At(40)))));
    }
}
