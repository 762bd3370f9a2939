using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Quorate.Node.Tests.Vault;

/// <summary>
/// A real process that changes a vault until it is killed: it spends presignatures by number, bans, and puts its keys anew.
/// What is acknowledged is told on standard output, after it was; anchors are told before.
/// </summary>
sealed class VaultWriter : IDisposable
{
    readonly Process process;

    VaultWriter(Process process) => this.process = process;

    internal static byte[] SpentId(int number) => [.. Encoding.ASCII.GetBytes(number.ToString("d32", CultureInfo.InvariantCulture))];

    internal static byte[] BannedKey(int number) => SpentId(number);

    internal static void Run(string place, Stream output)
    {
        void Say(string what, object value)
        {
            output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{what} {value} .\n")));
            output.Flush();
        }

        using var vault = VaultPlace.OpenAt(place, keep: anchor => Say("anchor", anchor));
        var ecdsa = vault.Keys.Single(k => k.Scheme == Threshold.Sharing.KeyScheme.Dkls23).Id;
        var frost = vault.Keys.Single(k => k.Scheme == Threshold.Sharing.KeyScheme.FrostEd25519).Id;
        for (var number = 0; ; number++)
        {
            // What an earlier process has used is refused, and nothing is written.
            if (!vault.TrySpend(SpentId(number)))
                continue;
            Say("spent", number);
            if (number % 3 == 0)
            {
                vault.Bans.Ban(BannedKey(number), new(2));
                Say("banned", number);
            }
            using var one = vault.OpenDkls23(ecdsa);
            vault.Put(one);
            using var two = vault.OpenKey<Cryptography.Curves.Ed25519>(frost);
            vault.Put(two);
        }
    }

    /// <summary>Opens a vault and holds it until standard input ends.</summary>
    internal static void Hold(string place, Stream output)
    {
        using var vault = VaultPlace.OpenAt(place);
        output.Write("open\n"u8);
        output.Flush();
        Console.In.ReadToEnd();
    }

    internal static VaultWriter Start(string what, string place)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in (string[])[typeof(VaultWriter).Assembly.Location, what, place])
            start.ArgumentList.Add(argument);
        // Starts sooner, which is most of what such a process does.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new(Process.Start(start)!);
    }

    /// <summary>Waits until it has the vault open.</summary>
    internal void WaitUntilOpen() => Assert.Equal("open", process.StandardOutput.ReadLine());

    /// <summary>Waits until it has acknowledged something, lets it run on and kills it with kill −9.</summary>
    /// <returns>Every line that was said whole.</returns>
    internal async Task<List<string[]>> KillAsync(TimeSpan after)
    {
        var errors = process.StandardError.ReadToEndAsync();
        var said = new List<string[]>();
        while (said.LastOrDefault()?[0] != "spent")
            said.Add((await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"It ended by itself: {await errors}")).Split(' '));
        var rest = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
                if (line.EndsWith(" .", StringComparison.Ordinal))
                    said.Add(line.Split(' '));
        });
        await Task.Delay(after);
        process.Kill();
        await process.WaitForExitAsync();
        await rest;
        return said;
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
