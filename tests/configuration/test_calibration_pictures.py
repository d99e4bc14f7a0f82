"""Which pictures certify an ITN."""


def test_an_itn_is_certified_with_pictures_that_it_has_not_seen(base, resolved):
    base["dataset"] = {"name": "phantoms", "size": 32, "images": 5}
    plan = resolved(base).calibration
    assert (plan.split, plan.skip, plan.images, plan.training) == ("training", 40, 40, 40)
    # A classifier that is trained here has fitted the training pictures: validation pictures certify.
    base["models"]["small"]["weights"] = "train"
    plan = resolved(base).calibration
    assert (plan.split, plan.skip, plan.images, plan.training) == ("validation", 40, 40, 40)
    base["itn"] = {"images": 12, "calibration_images": 7}
    plan = resolved(base).calibration
    assert (plan.split, plan.skip, plan.images, plan.training) == ("validation", 12, 7, 12)
    base["itn"]["pictures"] = "training"
    plan = resolved(base).calibration
    assert (plan.split, plan.skip, plan.training) == ("validation", 0, 12)
    base["itn"] = {"pictures": "screening"}
    assert resolved(base).calibration.split == "screening"


def test_few_pictures_are_divided_between_training_and_certificate(base, resolved):
    base["dataset"]["images"] = 150
    plan = resolved(base).calibration
    # Of the least class of the digits, 174 pictures, 24 are not screened; four fifths may train.
    assert (plan.split, plan.skip, plan.images, plan.training) == ("training", 9, 10, 9)
