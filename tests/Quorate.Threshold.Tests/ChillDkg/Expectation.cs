using System.Security.Cryptography;
using System.Text.Json;
using Quorate.Threshold.ChillDkg;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.ChillDkg;

/// <summary>Bytes that do not decode as the message they should be.</summary>
sealed class UndecodableException : Exception;

/// <summary>The share does not fit, and only an investigation can tell why.</summary>
sealed class ComplaintException : Exception;

/// <summary>What a ChillDKG vector expects to go wrong, in our terms.</summary>
static class Expectation
{
    /// <summary>The coordinator's number in the vectors: any that no participant has.</summary>
    internal static readonly PartyId Coordinator = new(256);

    internal static SessionParameters Parameters(JsonElement element) =>
        new(element.GetProperty("t").GetInt32(), element.HexList("hostpubkeys"));

    /// <summary>
    /// That <paramref name="act"/> ends as the case's expectedError says: our caller's mistakes are exceptions, a peer's
    /// are accusations, and bytes that do not decode are their sender's fault.
    /// </summary>
    internal static void AssertError(JsonElement test, Func<Accusation[]> act)
    {
        Accusation[] accusations = [];
        var exception = Record.Exception(() => { accusations = act(); });
        var error = test.GetProperty("expectedError");
        var type = error.GetProperty("type").GetString();
        switch (type)
        {
            case "ValueError":
                Assert.True(exception is UndecodableException or ArgumentException, $"{Name(test)}: {exception}");
                break;
            case "HostSeckeyError":
                Assert.Equal("host", Assert.IsType<ArgumentException>(exception).Message.Split(' ')[1]);
                break;
            case "RandomnessError":
                Assert.IsType<CryptographicException>(exception);
                break;
            case "ThresholdOrCountError":
                Assert.IsType<ArgumentOutOfRangeException>(exception);
                break;
            case "InvalidHostPubkeyError":
                Assert.Equal([Party(error, "participantId")], Assert.IsType<HostKeyException>(exception).Participants);
                break;
            case "DuplicateHostPubkeyError":
                Assert.Equal([Party(error, "participantId1"), Party(error, "participantId2")], Assert.IsType<HostKeyException>(exception).Participants);
                break;
            case "RecoveryDataError":
                Assert.IsType<FormatException>(exception);
                break;
            case "FaultyParticipantError":
                Assert.Null(exception);
                Assert.Equal(Party(error, "participantId"), Assert.Single(accusations).Culprit);
                Assert.Equal(Certainty.Proven, accusations[0].Fault.Certainty);
                break;
            case "FaultyParticipantOrCoordinatorError":
                Assert.Null(exception);
                Assert.Equal(
                    [new(Fault.SuspectContribution, Party(error, "participantId")), new(Fault.SuspectContribution, Coordinator)], accusations);
                break;
            case "UnknownFaultyParticipantOrCoordinatorError":
                Assert.IsType<ComplaintException>(exception);
                break;
            case "FaultyCoordinatorError":
                if (exception is not UndecodableException)
                    Assert.Equal([new(Fault.DishonestCoordinator, Coordinator)], accusations);
                break;
            default:
                Assert.Fail($"{Name(test)}: an error that no test knows, {type}; got {exception}");
                break;
        }
    }

    internal static string Name(JsonElement test) => $"#{test.GetProperty("tcId")}: {test.GetProperty("comment")}";

    static PartyId Party(JsonElement error, string property) => new(error.GetProperty(property).GetInt32() + 1);
}
