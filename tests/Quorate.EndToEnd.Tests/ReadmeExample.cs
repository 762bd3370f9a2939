using Quorate.Client;
using Quorate.Client.Signing;
using Quorate.Testing;

namespace Quorate.EndToEnd.Tests;

/// <summary>The .NET example of README.md compiles, is the one in README.md, and is run by <see cref="ShellTests"/> on a real chain.</summary>
public sealed class ReadmeExample
{
    internal static async Task<string> PayAsync(Uri api, string keyId, ReadOnlyMemory<byte> seed, string wallet, Action<string> print)
    {
        // README
        using var key = RequestKey.Ed25519(keyId, seed.Span);
        using var quorate = new QuorateClient(api, key);
        var transfer = await quorate.Transfers.CreateTransferAsync(new()
        {
            Wallet = wallet, Asset = "eip155:31337/slip44:60", Amount = "250000000000000000", To = "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb",
            MaxFee = "5000000000000000", ExternalId = "invoice-17",
        }, new() { Wait = TimeSpan.FromSeconds(30) });
        print($"{transfer.Id} is {transfer.Status}: {transfer.Decision.Trace}");
        await foreach (var happened in quorate.Events.StreamEventsAsync(new() { Resource = transfer.Id, Since = transfer.CreateTime }))
            if (happened.Status is "confirmed" or "denied" or "expired")
                return happened.Status;
        // README
        return "";
    }

    [Fact]
    public void README_shows_the_code_that_runs_here()
    {
        var here = File.ReadLines(Repository.PathOf("tests/Quorate.EndToEnd.Tests/ReadmeExample.cs"))
            .SkipWhile(l => l.Trim() != "// README").Skip(1).TakeWhile(l => l.Trim() != "// README").Select(l => l[8..]);
        var shown = File.ReadLines(Repository.PathOf("README.md")).SkipWhile(l => l != "```csharp").Skip(1).TakeWhile(l => l != "```");
        Assert.Equal(here, shown);
    }
}
