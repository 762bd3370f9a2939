using System.Text.Json;
using Quorate.Testing;
using Quorate.Threshold.ChillDkg;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Xunit.Abstractions;
using Secp256k1 = Quorate.Cryptography.Curves.Secp256k1;

namespace Quorate.Threshold.Tests.ChillDkg;

/// <summary>Every case of the vectors published with ChillDKG, at the level of bytes.</summary>
public sealed class ChillDkgVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Host_public_keys()
    {
        Run("hostpubkey_gen",
            (_, test) => Assert.Equal(test.Hex("expectedHostpubkey"), Key(test).PublicKey.Encode()),
            (_, test) => { Key(test); return []; });
    }

    [Fact]
    public void Hash_of_the_parameters()
    {
        Run("params_hash",
            (_, test) => Assert.Equal(test.Hex("expectedParamsHash"), Expectation.Parameters(test.GetProperty("params")).Hash()),
            (_, test) => { Expectation.Parameters(test.GetProperty("params")); return []; });
    }

    [Fact]
    public void First_step_of_a_participant()
    {
        Run("participant_step1",
            (_, test) =>
            {
                using var participant = Step1(test, test, test.Hex("random"));
                var expected = test.Hex("expectedPmsg1");
                Assert.Equal(expected, participant.Message1.Encode());
                Assert.True(ParticipantMessage1.TryDecode(expected, Threshold(test), Count(test), out var decoded));
                Assert.Equal(expected, decoded.Encode());
            },
            (_, test) => { Step1(test, test, test.Hex("random")).Dispose(); return []; });
    }

    [Fact]
    public void Second_step_of_a_participant()
    {
        Run("participant_step2",
            (group, test) =>
            {
                using var participant = Step1(group, group, [.. group.Hex("random"), .. group.Hex("auxRand")], out var random);
                Assert.Equal(group.Hex("pmsg1"), participant.Message1.Encode());
                Assert.Empty(Step2(participant, group, test.Hex("cmsg1")));
                Assert.Equal(test.Hex("expectedPmsg2"), participant.Sign(random));
            },
            (group, test) =>
            {
                // Our participant keeps its host key from the first step to the second, and draws its randomness itself.
                if (!test.IsNull("hostseckey"))
                    throw new ArgumentException("Another host key cannot be given.");
                if (!test.IsNull("auxRand"))
                    throw new ArgumentException("Randomness of another length cannot be given.");
                using var participant = Step1(group, group, group.Hex("random"));
                var accusations = Step2(participant, group, test.Hex("cmsg1"));
                return accusations;
            });
    }

    [Fact]
    public void Last_step_of_a_participant()
    {
        Run("participant_finalize",
            (group, test) =>
            {
                using var participant = Signed(group);
                var certificate = test.Hex("cmsg2");
                Assert.Empty(participant.Verify(certificate));
                using var result = participant.Output(certificate);
                AssertOutput(test, result.Recovery, result.Share);
            },
            (group, test) =>
            {
                using var participant = Signed(group);
                if (test.Hex("cmsg2").Length != Count(group) * CertEq.SignatureSize)
                    throw new UndecodableException();
                return participant.Verify(test.Hex("cmsg2"));
            });
    }

    [Fact]
    public void First_step_of_the_coordinator()
    {
        Run("coordinator_step1",
            (group, test) =>
            {
                var parameters = Expectation.Parameters(test.GetProperty("params"));
                var coordinator = new Coordinator(parameters, Contributions(parameters, Pool(group, test, "pmsg1")));
                Assert.Empty(coordinator.Check());
                var message = coordinator.Step1(out var accusations);
                Assert.Empty(accusations);
                Assert.Equal(test.Hex("expectedCmsg1"), message.Encode());
                Assert.True(CoordinatorMessage1.TryDecode(message.Encode(), Threshold(test), Count(test), out var decoded));
                Assert.Equal(message.Encode(), decoded.Encode());
            },
            (group, test) =>
            {
                var parameters = Expectation.Parameters(test.GetProperty("params"));
                return new Coordinator(parameters, Contributions(parameters, Pool(group, test, "pmsg1"))).Check();
            });
    }

    [Fact]
    public void Last_step_of_the_coordinator()
    {
        Run("coordinator_finalize",
            (group, test) =>
            {
                var coordinator = Stepped(group);
                Assert.Empty(coordinator.Finalize(Pool(group, test, "pmsg2")));
                Assert.Equal(test.GetProperty("expectedOutput").Hex("cmsg2"), coordinator.Certificate);
                AssertOutput(test, coordinator.Recovery, null);
            },
            (group, test) =>
            {
                var signatures = Pool(group, test, "pmsg2");
                return signatures.Length != Count(group) || signatures.Any(s => s.Length != CertEq.SignatureSize)
                    ? throw new UndecodableException()
                    : Stepped(group).Finalize(signatures);
            });
    }

    [Fact]
    public void Investigation_by_the_coordinator()
    {
        Run("coordinator_investigate",
            (group, test) =>
            {
                var expected = test.HexList("expectedCinvMsgs");
                var coordinator = Stepped(group);
                Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(i => coordinator.Investigate(i).Encode()));
                Assert.All(expected, bytes =>
                {
                    Assert.True(InvestigationMessage.TryDecode(bytes, expected.Length, out var decoded));
                    Assert.Equal(bytes, decoded.Encode());
                });
            },
            (_, _) => throw new InvalidOperationException("There are no such cases."));
    }

    [Fact]
    public void Investigation_by_a_participant_where_those_vectors_are_at_hand()
    {
        if (!SharedVectors.TryReadJson("chilldkg/participant_investigate.json", out var file, out var reason))
        {
            output.WriteLine(reason);
            return;
        }
        Run(file,
            (_, _) => throw new InvalidOperationException("There are no such cases."),
            (group, test) =>
            {
                using var participant = Step1(group, group, group.Hex("random"));
                Assert.Empty(Step2(participant, group, group.HexList("cmsg1Pool")[test.GetProperty("cmsg1Index").GetInt32()], expectComplaint: true));
                return InvestigationMessage.TryDecode(test.Hex("cinvMsg"), Count(group), out var message)
                    ? participant.Investigate(message)
                    : throw new UndecodableException();
            });
    }

    [Fact]
    public void Recovery_where_those_vectors_are_at_hand()
    {
        if (!SharedVectors.TryReadJson("chilldkg/recover.json", out var file, out var reason))
        {
            output.WriteLine(reason);
            return;
        }
        Run(file,
            (_, test) =>
            {
                var recovery = RecoveryData.Decode(test.Hex("recoveryData"));
                using var share = test.IsNull("hostseckey") ? null : recovery.Recover(Key(test));
                AssertOutput(test, recovery, share);
                Assert.Equal(Expectation.Parameters(test.GetProperty("expectedOutput").GetProperty("params")), recovery.Parameters);
            },
            (_, test) =>
            {
                var recovery = RecoveryData.Decode(test.Hex("recoveryData"));
                recovery.Recover(Key(test)).Dispose();
                return [];
            });
    }

    static void Run(string name, Action<JsonElement, JsonElement> valid, Func<JsonElement, JsonElement, Accusation[]> error) =>
        Run(VectorFile.Read($"chilldkg/{name}.json"), valid, error);

    static void Run(JsonElement file, Action<JsonElement, JsonElement> valid, Func<JsonElement, JsonElement, Accusation[]> error)
    {
        var count = 0;
        foreach (var group in file.TryGetProperty("testGroups", out var groups) ? [.. groups.EnumerateArray()] : new[] { file })
        {
            foreach (var test in Cases(group, "validTestCases"))
            {
                valid(group, test);
                count++;
            }
            foreach (var test in Cases(group, "errorTestCases"))
            {
                Expectation.AssertError(test, () => error(group, test));
                count++;
            }
        }
        Assert.Equal(file.GetProperty("totalTests").GetInt32(), count);
    }

    static JsonElement[] Cases(JsonElement group, string kind) =>
        group.TryGetProperty(kind, out var cases) ? [.. cases.EnumerateArray()] : [];

    static HostKey Key(JsonElement element) => new(element.Hex("hostseckey"));

    static int Threshold(JsonElement element) => element.GetProperty("params").GetProperty("t").GetInt32();

    static int Count(JsonElement element) => element.GetProperty("params").GetProperty("hostpubkeys").GetArrayLength();

    static byte[][] Pool(JsonElement group, JsonElement test, string name)
    {
        var pool = group.HexList($"{name}Pool");
        return [.. test.Integers($"{name}Indices").Select(i => pool[i])];
    }

    static Participant Step1(JsonElement key, JsonElement parameters, byte[] random) => Step1(key, parameters, random, out _);

    static Participant Step1(JsonElement key, JsonElement parameters, byte[] random, out FixedRandom source)
    {
        source = new(random);
        return new(Key(key), Expectation.Parameters(parameters.GetProperty("params")), Expectation.Coordinator, source);
    }

    static Accusation[] Step2(Participant participant, JsonElement group, byte[] message, bool expectComplaint = false)
    {
        if (!CoordinatorMessage1.TryDecode(message, Threshold(group), Count(group), out var decoded))
            throw new UndecodableException();
        var accusations = participant.Step2(decoded);
        if (participant.NeedsInvestigation && !expectComplaint)
            throw new ComplaintException();
        Assert.Equal(expectComplaint, participant.NeedsInvestigation);
        return accusations;
    }

    static Participant Signed(JsonElement group)
    {
        var participant = Step1(group, group, [.. group.Hex("random"), .. group.Hex("auxRand")], out var random);
        Assert.Empty(Step2(participant, group, group.Hex("cmsg1")));
        Assert.Equal(group.Hex("pmsg2"), participant.Sign(random));
        return participant;
    }

    static ParticipantMessage1[] Contributions(SessionParameters parameters, byte[][] messages) =>
        messages.Length != parameters.Count ? throw new UndecodableException() :
        [
            .. messages.Select(m => ParticipantMessage1.TryDecode(m, parameters.Threshold, parameters.Count, out var decoded)
                ? decoded
                : throw new UndecodableException()),
        ];

    static Coordinator Stepped(JsonElement group)
    {
        var parameters = Expectation.Parameters(group.GetProperty("params"));
        var coordinator = new Coordinator(parameters, Contributions(parameters, group.HexList("pmsgs1")));
        var message = coordinator.Step1(out var accusations);
        Assert.Empty(accusations);
        if (!group.IsNull("cmsg1"))
            Assert.Equal(group.Hex("cmsg1"), message.Encode());
        return coordinator;
    }

    static void AssertOutput(JsonElement test, RecoveryData recovery, KeyShare<Secp256k1>? share)
    {
        var expected = test.GetProperty("expectedOutput").GetProperty("dkgOutput");
        Assert.Equal(expected.Hex("threshPk"), recovery.Package.GroupKey.Encode());
        Assert.Equal(expected.HexList("pubshares"), recovery.Package.VerifyingShares.ToArray().Select(p => p.Encode()));
        Assert.Equal(expected.IsNull("secshare") ? null : expected.Hex("secshare"), share?.SigningShare.Expose().Encode());
        var data = test.GetProperty("expectedOutput").IsNull("recoveryData") ? test.Hex("recoveryData") : test.GetProperty("expectedOutput").Hex("recoveryData");
        Assert.Equal(data, recovery.Encode());
        Assert.Equal(data, RecoveryData.Decode(data).Encode());
    }
}
