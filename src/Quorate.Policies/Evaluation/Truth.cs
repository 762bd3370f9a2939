namespace Quorate.Policies;

/// <summary>
/// Whether a rule speaks about an effect. What can not be told is <see cref="Maybe"/>: enough to deny or to require, never
/// enough to allow. And is the minimum, or the maximum.
/// </summary>
enum Truth
{
    No = 0,
    Maybe = 1,
    Yes = 2,
}

static class Truths
{
    internal static Truth Of(bool value) => value ? Truth.Yes : Truth.No;

    internal static Truth And(this Truth a, Truth b) => a < b ? a : b;

    internal static Truth Or(this Truth a, Truth b) => a > b ? a : b;

    internal static Truth Not(this Truth a) => (Truth)((int)Truth.Yes - (int)a);
}
