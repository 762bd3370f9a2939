using System.Diagnostics;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Benchmarks;

/// <summary>
/// Does the time depend on the secret? After dudect (Reparaz, Balasch, Verbauwhede, ePrint 2016/1123): the operation
/// runs on a fixed secret and on random ones in random order, and Welch's t-test compares the two sets of times, whole
/// and cropped at several percentiles. |t| above 4.5 says they differ. The variable-time multiplication runs along as a
/// control: an experiment that can not see that one sees nothing.
/// </summary>
static class TimingLeak
{
    const double Threshold = 4.5;
    static readonly double[] Crops = [1.0, 0.99, 0.95, 0.9, 0.75, 0.5];

    internal static void Run(string[] args)
    {
        var samples = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 200_000;
        Console.WriteLine($"{samples} measurements an experiment; |t| above {Threshold} says that times differ");
        Curve<Secp256k1>(samples);
        Curve<Ed25519>(samples);
    }

    static void Curve<C>(int samples) where C : struct, ICurve<C>
    {
        var point = Random<C>() * Point<C>.G;
        var secrets = new (string Name, Scalar<C> Value)[]
        {
            ("one", Scalar<C>.One),
            ("minus one", -Scalar<C>.One),
            ("two to the 128", Scalar<C>.Reduce(PowerOf128<C>())),
            ("random", Random<C>()),
        };
        foreach (var (name, value) in secrets)
        {
            Experiment<C>($"{C.Name} base point, {name}", value, samples, k => Point<C>.MultiplyBase(k).IsIdentity);
            Experiment<C>($"{C.Name} any point, {name}", value, samples / 2, k => (k * point).IsIdentity);
            Experiment<C>($"{C.Name} inversion, {name}", value, samples, k => k.Invert().IsZero);
        }
        var other = Random<C>();
        Experiment<C>($"{C.Name} scalar product, one", Scalar<C>.One, samples, k =>
        {
            for (var i = 0; i < 50; i++)
                k *= other;
            return k.IsZero;
        });
        Experiment<C>($"{C.Name} VARIABLE-TIME control, one", Scalar<C>.One, samples / 10, k => Point<C>.MultiplyAddBaseVarTime(k, k, point).IsIdentity);
    }

    static void Experiment<C>(string name, Scalar<C> secret, int samples, Func<Scalar<C>, bool> operation) where C : struct, ICurve<C>
    {
        // Classes and inputs are drawn before the clock runs, so that drawing them costs both classes alike.
        var isFixed = new bool[samples];
        var inputs = new Scalar<C>[samples];
        var coins = new byte[samples];
        SystemRandom.Shared.Fill(coins);
        for (var i = 0; i < samples; i++)
        {
            isFixed[i] = (coins[i] & 1) != 0;
            inputs[i] = isFixed[i] ? secret : Random<C>();
        }
        for (var i = 0; i < Math.Min(samples, 2_000); i++)
            operation(inputs[i]);

        var times = new double[samples];
        var seen = false;
        for (var i = 0; i < samples; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            seen |= operation(inputs[i]);
            times[i] = Stopwatch.GetTimestamp() - begun;
        }
        GC.KeepAlive(seen);

        var sorted = times.Order().ToArray();
        var t = Crops.Max(crop => Math.Abs(Welch(times, isFixed, sorted[(int)((samples - 1) * crop)])));
        Console.WriteLine($"  {name,-46} median {sorted[samples / 2] * 1e9 / Stopwatch.Frequency,9:F0} ns   max |t| {t,8:F2}   {(t > Threshold ? "DIFFERS" : "no difference seen")}");
    }

    /// <summary>Welch's t over the times not above <paramref name="limit"/>.</summary>
    static double Welch(double[] times, bool[] isFixed, double limit)
    {
        Span<double> count = stackalloc double[2], mean = stackalloc double[2], squares = stackalloc double[2];
        count.Clear();
        mean.Clear();
        squares.Clear();
        for (var i = 0; i < times.Length; i++)
        {
            if (times[i] > limit)
                continue;
            var k = isFixed[i] ? 1 : 0;
            count[k]++;
            var delta = times[i] - mean[k];
            mean[k] += delta / count[k];
            squares[k] += delta * (times[i] - mean[k]);
        }
        var error = Math.Sqrt(squares[0] / (count[0] - 1) / count[0] + squares[1] / (count[1] - 1) / count[1]);
        return error > 0 ? (mean[0] - mean[1]) / error : 0;
    }

    static Scalar<C> Random<C>() where C : struct, ICurve<C>
    {
        using var secret = Secret<Scalar<C>>.Random(SystemRandom.Shared);
        return secret.Expose();
    }

    static byte[] PowerOf128<C>() where C : struct, ICurve<C>
    {
        var bytes = new byte[32];
        bytes[C.IsLittleEndian ? 16 : 15] = 1;
        return bytes;
    }
}
