using Quorate.Node.Gate;
using Quorate.Node.Signing;
using Quorate.Policies;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using static Quorate.Node.Tests.Processes.ProcessFleet;

namespace Quorate.Node.Tests.Processes;

/// <summary>A node of the deployment that cheats, against two real processes: its keys, its shares and its connection are real.</summary>
public sealed class ImpostorTests
{
    const int Cheat = 1;

    static async Task<(ProcessFleet Fleet, Impostor Impostor)> StartAsync()
    {
        var fleet = await ProcessFleet.StartAsync(new() { Impostor = Cheat, Patience = 4, Policy = Deployment.AnythingGoes() });
        var impostor = new Impostor(fleet, Cheat);
        await impostor.UntilConnectedAsync();
        return (fleet, impostor);
    }

    static byte[] Flip(byte[] frame, int at)
    {
        frame[at] ^= 1;
        return frame;
    }

    // What it does to its frames, on which chain.
    static void Corrupt(Impostor impostor, string cheat)
    {
        switch (cheat)
        {
            case "a wrong share of a Schnorr signature":
                impostor.Change = (round, frame) => round == 2 ? Flip(frame, frame.Length - 32) : frame;
                break;
            case "a wrong share of an ECDSA signature":
                impostor.Change = (round, frame) => round == 4 ? Flip(frame, frame.Length - 1) : frame;
                break;
            case "another commitment than it stands by":
                impostor.Change = (round, frame) => round == 1 && frame.Length < 1_000 ? Flip(frame, frame.Length - 1) : frame;
                break;
            case "a message that ends early":
                impostor.Change = (_, frame) => frame[..^1];
                break;
            case "a message of a megabyte":
                impostor.Change = (_, frame) => [.. frame, .. new byte[(1 << 20) - frame.Length]];
                break;
            case "silence when all have shown what they have":
                impostor.MuteFrom = 2;
                break;
            case "joining and never coming":
                impostor.Comes = false;
                break;
            case "an answer that is none":
                impostor.Answer = [7, 7, 7];
                break;
        }
    }

    [Theory]
    [InlineData("a wrong share of a Schnorr signature", true, "InvalidSignatureShare (Proven): P1")]
    [InlineData("a message of a megabyte", true, "MalformedMessage (Proven): P1")]
    [InlineData("silence when all have shown what they have", true, "Timeout (Suspected): P1")]
    // Which of two has spoilt an ECDSA signature nobody can tell; of two, each knows that it was not itself.
    [InlineData("a wrong share of an ECDSA signature", false, "FailedSignature (Suspected): P1")]
    [InlineData("another commitment than it stands by", false, "Equivocation (Proven): P1")]
    public Task A_node_that_cheats_is_named_and_the_others_sign(string cheat, bool isSchnorr, string fault) => NamedAsync(cheat, isSchnorr, fault);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("a message that ends early", true, "MalformedMessage (Proven): P1")]
    [InlineData("a message that ends early", false, "MalformedMessage (Proven): P1")]
    [InlineData("a message of a megabyte", false, "MalformedMessage (Proven): P1")]
    [InlineData("silence when all have shown what they have", false, "Timeout (Suspected): P1")]
    [InlineData("joining and never coming", true, "Timeout: P1")]
    [InlineData("an answer that is none", false, null)]
    public Task A_node_that_cheats_otherwise_is_named_and_the_others_sign(string cheat, bool isSchnorr, string? fault) => NamedAsync(cheat, isSchnorr, fault);

    static async Task NamedAsync(string cheat, bool isSchnorr, string? fault)
    {
        var (fleet, impostor) = await StartAsync();
        await using (fleet)
        await using (impostor)
        {
            Corrupt(impostor, cheat);
            var requests = new Dictionary<int, SigningRequest>();
            foreach (var lead in (int[])[2, 3])
            {
                requests[lead] = isSchnorr ? fleet.SolanaPayment() : fleet.Payment();
                fleet.RequireSigned(requests[lead], await fleet.Nodes[lead].SignAsync(ToMessage(requests[lead])));
            }
            Assert.True(impostor.Offers >= 2);
            foreach (var (lead, request) in requests)
            {
                fleet.Nodes[lead].Signal("TERM");
                await fleet.Nodes[lead].ExitCodeAsync();
                var ended = (await EventsAsync(fleet.FileOf(lead, "journal.db"), request)).OfType<NodeEvent.SessionEnded>().ToArray();
                if (fault is not null)
                    Assert.Contains(ended, e => e.Fault?.Contains(fault, StringComparison.Ordinal) == true);
                Assert.NotNull(ended[^1].Signature);
            }
        }
    }

    [Fact]
    public async Task Who_fails_a_check_over_transfers_is_banned_and_stays_so_when_the_process_has_been_killed()
    {
        var (fleet, impostor) = await StartAsync();
        await using (fleet)
        await using (impostor)
        {
            impostor.Change = (round, frame) => round is 2 or 3 && frame.Length > 10_000 ? Flip(frame, frame.Length / 2) : frame;
            var request = fleet.Payment();
            fleet.RequireSigned(request, await fleet.Nodes[2].SignAsync(ToMessage(request)));
            Assert.Equal(1, impostor.Offers);
            impostor.Change = (_, frame) => frame;

            await fleet.Nodes[2].KillAsync();
            var ended = (await EventsAsync(fleet.FileOf(2, "journal.db"), request)).OfType<NodeEvent.SessionEnded>().First();
            Assert.Contains("FailedTransferCheck (Proven): P1", ended.Fault, StringComparison.Ordinal);
            await fleet.RestartAsync(2);
            // Its breakers know nothing any more, and still it does not ask.
            request = fleet.Payment();
            fleet.RequireSigned(request, await fleet.Nodes[2].SignAsync(ToMessage(request)));
            Assert.Equal(1, impostor.Offers);

            // Asked by the banned one it says so; and without the third there is nobody to sign with.
            var offer = new SigningOffer(new byte[32], new([new(1), new(2)]), [0], [], fleet.Payment());
            Assert.Equal(new PartyId(1), Assert.Single(Assert.IsType<SigningAnswer.Apart>(SigningAnswer.Decode((await impostor.AskAsync(2, offer.Encode()))!)).Parties));
            await fleet.Nodes[3].KillAsync();
            request = fleet.Payment();
            var failed = (await fleet.Nodes[2].SignAsync(ToMessage(request))).Failed;
            Assert.Contains("banned pairs: P2 and P1", failed?.Reason, StringComparison.Ordinal);
            Assert.Equal(1, impostor.Offers);
            fleet.Nodes[2].Signal("TERM");
            await fleet.Nodes[2].ExitCodeAsync();
            var store = await NodeStore.OpenAsync(fleet.OptionsOf(2), default);
            await using (store)
                Assert.Equal([(new Digest(Dkls23KeyShare.IdOf(fleet.Acme.Wallet.Ecdsa!)), new PartyId(1))], store.Vault.Banned);
        }
    }

    [Fact]
    public async Task A_node_that_leads_gets_nothing_that_the_others_do_not_permit_themselves()
    {
        var (fleet, impostor) = await StartAsync();
        await using (fleet)
        await using (impostor)
        {
            async Task<SigningAnswer?> Offer(SigningRequest request, int[] quorum, int input = 0) => SigningAnswer.Decode((await impostor.AskAsync(
                2, new SigningOffer(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32), new([.. quorum.Select(p => new PartyId(p))]), [input], [], request).Encode()))!);
            var honest = fleet.Payment();
            var mallory = honest with { Approvals = [fleet.Acme.Approve(honest.Intent.Hash, "mallory")] };
            Assert.Equal(Refusal.NeedsApprovals, Assert.IsType<SigningAnswer.Refused>(await Offer(mallory, [1, 2])).Reason);
            Assert.IsType<SigningAnswer.Refused>(await Offer(honest with { Payload = new(PayloadKind.Transaction, Deployment.Payment(7)) }, [1, 2]));
            Assert.IsType<SigningAnswer.Unable>(await Offer(honest, [2, 3]));
            Assert.IsType<SigningAnswer.Unable>(await Offer(honest, [1, 2, 3]));
            Assert.IsType<SigningAnswer.Unable>(await Offer(honest, [1, 2], input: 1));
            Assert.IsType<SigningAnswer.Unable>(SigningAnswer.Decode((await impostor.AskAsync(2, [1, 1, 9]))!));
            // Offers that it never comes to: bounded, and the others go on.
            impostor.Comes = false;
            var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Offer(fleet.Payment(), [1, 2])));
            Assert.Contains(answers, answer => answer is SigningAnswer.Busy);
            fleet.RequireSigned(honest, await fleet.Nodes[3].SignAsync(ToMessage(honest)));
        }
    }
}
