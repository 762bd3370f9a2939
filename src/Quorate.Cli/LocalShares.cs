using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Cli;

/// <summary>Shares opened from files, checked to belong together.</summary>
sealed class LocalShares<C>(IReadOnlyList<KeyShare<C>> all) : IDisposable where C : struct, ICurve<C>
{
    internal IReadOnlyList<KeyShare<C>> All => all;

    internal PublicKeyPackage<C> Package => all[0].Package;

    internal PartySet Quorum { get; } = new(all.Select(s => s.Me));

    public void Dispose()
    {
        foreach (var share in all)
            share.Dispose();
    }
}

static class LocalShares
{
    /// <summary>Opens a quorum's files, asking for the passphrase as often as a file needs it.</summary>
    internal static LocalShares<C> Open<C>(IReadOnlyList<(string Name, ShareFile File)> files, Func<SecretBytes?> passphrase) where C : struct, ICurve<C>
    {
        var opened = new List<KeyShare<C>>();
        try
        {
            foreach (var (name, file) in files)
            {
                var share = file.Open<C>(name, passphrase);
                opened.Add(share);
                if (!share.Package.Equals(opened[0].Package))
                    throw new CliException($"{name} is a share of another key or epoch than {files[0].Name}.");
                if (opened.Count(s => s.Me == share.Me) > 1)
                    throw new CliException($"{name}: the share of {share.Me} is there twice.");
            }
            if (opened.Count < opened[0].Package.Threshold)
                throw new CliException($"{opened[0].Package.Threshold} shares sign with this key, not {opened.Count}.");
            return new(opened);
        }
        catch
        {
            Dispose(opened);
            throw;
        }
    }

    internal static (KeyFile Key, IReadOnlyList<ShareFile> Shares) Seal<C>(KeyShare<C>[] shares, SecretBytes? passphrase, IRandom random) where C : struct, ICurve<C>
    {
        try
        {
            return (KeyFile.From(shares[0].Package), [.. shares.AsParallel().AsOrdered().Select(s => ShareFile.Seal(s, passphrase, random))]);
        }
        finally
        {
            Dispose(shares);
        }
    }

    /// <summary>Runs a derivation, whose refusals are the user's to read.</summary>
    internal static T Checked<T>(Func<T> derive)
    {
        try
        {
            return derive();
        }
        catch (ArgumentException refused)
        {
            throw new CliException($"--derive: {refused.Message}");
        }
    }

    static void Dispose<C>(IEnumerable<KeyShare<C>> shares) where C : struct, ICurve<C>
    {
        foreach (var share in shares)
            share.Dispose();
    }
}
